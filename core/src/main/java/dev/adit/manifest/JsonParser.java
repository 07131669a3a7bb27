package dev.adit.manifest;

import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.SourcePosition;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads JSON into {@link Value}s. JSON is nearly YAML, but not quite: it may be indented by tabs and escapes a slash.
 * Several objects may follow each other, as in the output of a watch.
 */
final class JsonParser {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final String source;
    private final Documents.Document document;
    private final tools.jackson.core.JsonParser parser;
    private final ValueBudget budget;

    private JsonParser(
            String source, Documents.Document document, tools.jackson.core.JsonParser parser, ValueBudget budget) {
        this.budget = budget;
        this.source = source;
        this.document = document;
        this.parser = parser;
    }

    /** Whether a document is written in JSON: its first character opens an object. */
    static boolean isJson(Documents.Document document) {
        return content(document).stripLeading().startsWith("{");
    }

    /** The objects of a text. */
    static List<Value> parse(String source, Documents.Document document, ValueBudget budget) throws DocumentException {
        try (tools.jackson.core.JsonParser parser =
                FACTORY.createParser(ObjectReadContext.empty(), content(document))) {
            return new JsonParser(source, document, parser, budget).parse();
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            SourcePosition position = at == null || at.getLineNr() < 1
                    ? new SourcePosition(source, document.line(), 1)
                    : new SourcePosition(source, document.line() + at.getLineNr() - 1, at.getColumnNr());
            throw new DocumentException(Code.SYNTAX, position, "The text is not valid JSON: " + problem(e) + ".");
        }
    }

    /** The text without a document marker, which is YAML. */
    private static String content(Documents.Document document) {
        return document.text().startsWith("---") ? "   " + document.text().substring(3) : document.text();
    }

    /** Jackson's message without the text it quotes: that may be a secret. */
    private static String problem(JacksonException e) {
        String message = e.getOriginalMessage() == null ? "unreadable" : e.getOriginalMessage();
        int end = message.indexOf('\n');
        return (end < 0 ? message : message.substring(0, end))
                .replaceAll("^Unrecognized token .*", "a word stands there without quotes")
                .replaceAll(" \\(start marker at .*\\)", "");
    }

    private List<Value> parse() throws DocumentException {
        List<Value> values = new ArrayList<>(1);
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
            values.add(value(token));
        }
        return values;
    }

    private Value value(JsonToken token) throws DocumentException {
        SourcePosition position = position();
        budget.enter(position);
        Value value = switch (token) {
            case START_OBJECT -> mapping(position);
            case START_ARRAY -> sequence(position);
            case VALUE_STRING -> new Value.Scalar(position, Value.Type.TEXT, parser.getString());
            case VALUE_NUMBER_INT -> new Value.Scalar(position, Value.Type.INTEGER, parser.getString());
            case VALUE_NUMBER_FLOAT -> new Value.Scalar(position, Value.Type.FLOAT, parser.getString());
            case VALUE_TRUE, VALUE_FALSE -> new Value.Scalar(position, Value.Type.BOOLEAN, parser.getString());
            case VALUE_NULL -> new Value.Scalar(position, Value.Type.NULL, "");
            default -> throw new IllegalStateException("A JSON text has no token " + token);
        };
        budget.leave();
        return value;
    }

    private Value.Mapping mapping(SourcePosition position) throws DocumentException {
        MappingBuilder builder = new MappingBuilder();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            SourcePosition key = position();
            String name = parser.currentName();
            builder.put(name, key, value(parser.nextToken()));
        }
        return builder.build(position);
    }

    private Value.Sequence sequence(SourcePosition position) throws DocumentException {
        List<Value> items = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            items.add(value(token));
        }
        return new Value.Sequence(position, items);
    }

    private SourcePosition position() {
        TokenStreamLocation at = parser.currentTokenLocation();
        return new SourcePosition(source, document.line() + at.getLineNr() - 1, at.getColumnNr());
    }
}
