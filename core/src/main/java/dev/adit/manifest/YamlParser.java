package dev.adit.manifest;

import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.SourcePosition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;

/** Reads one YAML document into {@link Value}s. */
final class YamlParser {
    private static final YamlScalars SCALARS = new YamlScalars();

    private final String source;
    private final Documents.Document document;
    private final ValueBudget budget;

    private YamlParser(String source, Documents.Document document, ValueBudget budget) {
        this.source = source;
        this.document = document;
        this.budget = budget;
    }

    /** The documents of a text; none if it holds only comments. */
    static List<Value> parse(String source, Documents.Document document, ValueBudget budget) throws DocumentException {
        return new YamlParser(source, document, budget).parse();
    }

    private List<Value> parse() throws DocumentException {
        List<Value> values = new ArrayList<>(1);
        for (Node node : compose()) {
            Value value = value(node);
            if (!(value instanceof Value.Scalar s) || s.type() != Value.Type.NULL) {
                values.add(value);
            }
        }
        return values;
    }

    private List<Node> compose() throws DocumentException {
        LoaderOptions options = new LoaderOptions();
        options.setNestingDepthLimit(Limits.NESTING);
        options.setMaxAliasesForCollections(Limits.ALIASES);
        options.setCodePointLimit(Limits.DOCUMENT_BYTES);
        try {
            Composer composer =
                    new Composer(new ParserImpl(new StreamReader(document.text()), options), SCALARS, options);
            List<Node> nodes = new ArrayList<>(1);
            while (composer.checkNode()) {
                nodes.add(composer.getNode());
            }
            return nodes;
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark() != null ? e.getProblemMark() : e.getContextMark();
            throw new DocumentException(Code.SYNTAX, position(mark), "The text is not valid YAML: " + problem(e) + ".");
        } catch (ReaderException e) {
            throw new DocumentException(
                    Code.SYNTAX,
                    positionOf(e.getCodePoint()),
                    "The text is not valid YAML: the control character U+" + String.format("%04X", e.getCodePoint())
                            + " may only stand escaped in quotes.");
        } catch (YAMLException e) {
            throw new DocumentException(
                    Code.TOO_COMPLEX, position(null), "The document is refused: " + e.getMessage() + ".");
        } catch (RuntimeException e) {
            // A parser that stumbles over its input must not take the caller along.
            throw new DocumentException(Code.SYNTAX, position(null), "The text is not valid YAML.");
        }
    }

    /**
     * What is wrong, and where what it broke began: an open quote shows only at the end of the document. Names that the
     * parser quotes are left out, as the value of a Secret may look like one.
     */
    private String problem(MarkedYAMLException e) {
        String problem = String.valueOf(e.getProblem()).replaceAll("(?s)^(found undefined (alias|tag handle)).*", "$1");
        if (e.getContext() == null) {
            return problem;
        }
        Mark begin = e.getContextMark();
        Mark end = e.getProblemMark();
        boolean elsewhere = begin != null && end != null && begin.getLine() != end.getLine();
        String since = elsewhere ? " that begins at line " + position(begin).line() : "";
        return e.getContext() + since + ", " + problem;
    }

    private Value value(Node node) throws DocumentException {
        SourcePosition position = position(node.getStartMark());
        budget.enter(position);
        Value value;
        if (node instanceof ScalarNode scalar) {
            value = YamlScalars.scalar(position, scalar.getTag(), scalar.getValue());
        } else if (node instanceof SequenceNode sequence) {
            List<Value> items = new ArrayList<>(sequence.getValue().size());
            for (Node item : sequence.getValue()) {
                items.add(value(item));
            }
            value = new Value.Sequence(position, items);
        } else {
            value = mapping((MappingNode) node, position);
        }
        budget.leave();
        return value;
    }

    private Value.Mapping mapping(MappingNode node, SourcePosition position) throws DocumentException {
        MappingBuilder builder = new MappingBuilder();
        List<Node> merged = new ArrayList<>(0);
        for (NodeTuple tuple : node.getValue()) {
            Node key = tuple.getKeyNode();
            if (key.getTag().equals(Tag.MERGE)) {
                merged.add(tuple.getValueNode());
            } else {
                builder.put(key(key), position(key.getStartMark()), value(tuple.getValueNode()));
            }
        }
        // Own keys come first whatever the order: a merge only adds what is missing.
        for (Node value : merged) {
            merge(builder, value(value));
        }
        return builder.build(position);
    }

    private static void merge(MappingBuilder builder, Value value) throws DocumentException {
        if (value instanceof Value.Mapping mapping) {
            builder.merge(mapping);
            return;
        }
        if (value instanceof Value.Sequence sequence
                && sequence.items().stream().allMatch(Value.Mapping.class::isInstance)) {
            sequence.items().forEach(item -> builder.merge((Value.Mapping) item));
            return;
        }
        throw new DocumentException(
                Code.SYNTAX, value.position(), "The merge key << takes an object or a list of objects.");
    }

    private String key(Node node) throws DocumentException {
        SourcePosition position = position(node.getStartMark());
        budget.enter(position);
        budget.leave();
        if (node instanceof ScalarNode scalar) {
            Value.Scalar key = YamlScalars.scalar(position, scalar.getTag(), scalar.getValue());
            if (key.type() != Value.Type.NULL) {
                return key.text();
            }
        }
        throw new DocumentException(Code.SYNTAX, position, "A key must be text.");
    }

    private SourcePosition position(@Nullable Mark mark) {
        if (mark == null) {
            return new SourcePosition(source, document.line(), 1);
        }
        return new SourcePosition(source, document.line() + mark.getLine(), mark.getColumn() + 1);
    }

    /** Where a character stands that no parser accepted, so that there is no mark. */
    private SourcePosition positionOf(int codePoint) {
        int end = Math.max(0, document.text().indexOf(codePoint));
        int line = document.line();
        int lineStart = 0;
        for (int i = 0; i < end; i++) {
            if (document.text().charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new SourcePosition(source, line, end - lineStart + 1);
    }
}
