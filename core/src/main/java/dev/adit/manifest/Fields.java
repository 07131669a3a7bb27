package dev.adit.manifest;

import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.SourcePosition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one mapping of an object, read by name and type. A value of another type is reported and reads as if it
 * were absent. As in the API, {@code null} is absence.
 */
final class Fields {
    private static final Value.Mapping NOTHING = new Value.Mapping(SourcePosition.UNKNOWN, Map.of(), List.of());

    private final Value.Mapping mapping;
    private final SourcePosition position;
    private final String path;
    private final Findings findings;

    /** An item of a list of texts. */
    record Item(String field, SourcePosition position, String text) {}

    private Fields(Value.Mapping mapping, SourcePosition position, String path, Findings findings) {
        this.mapping = mapping;
        this.position = position;
        this.path = path;
        this.findings = findings;
    }

    /** The fields of a whole object. */
    static Fields of(Value.Mapping object, Findings findings) {
        return new Fields(object, object.position(), "", findings);
    }

    /** The path of these fields themselves. */
    String path() {
        return path;
    }

    /** The path of one field. */
    String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** Where these fields stand. */
    SourcePosition position() {
        return position;
    }

    /** Where the value of a field stands; if it is absent, where these fields do. */
    SourcePosition position(String name) {
        Value.Entry entry = mapping.entries().get(name);
        return entry == null ? position : entry.value().position();
    }

    Findings findings() {
        return findings;
    }

    boolean has(String name) {
        return value(name) != null;
    }

    /** The keys, in the order they are written. */
    Set<String> names() {
        return mapping.entries().keySet();
    }

    private @Nullable Value value(String name) {
        Value.Entry entry = mapping.entries().get(name);
        if (entry == null || (entry.value() instanceof Value.Scalar s && s.type() == Value.Type.NULL)) {
            return null;
        }
        return entry.value();
    }

    /** The text of a field, or null if it is absent. */
    @Nullable
    String textOrNull(String name) {
        Value value = value(name);
        return value == null ? null : text(path(name), value);
    }

    /** The text of a field, or empty if it is absent. */
    String text(String name) {
        String text = textOrNull(name);
        return text == null ? "" : text;
    }

    /** The number of a field, or null if it is absent. */
    @Nullable
    Integer integer(String name) {
        Value value = value(name);
        if (value == null) {
            return null;
        }
        Integer number = value instanceof Value.Scalar s ? integer(s) : null;
        if (number == null) {
            boolean quoted = value instanceof Value.Scalar s && s.type() == Value.Type.TEXT;
            String written =
                    isNumber(name) && value instanceof Value.Scalar s ? Names.printable(s.text(), 40) : value.what();
            findings.wrongType(
                    path(name),
                    value.position(),
                    "The field takes a whole number of 32 bits, but " + written + " is written.",
                    quoted ? "write the number without quotes" : "");
        }
        return number;
    }

    private static @Nullable Integer integer(Value.Scalar scalar) {
        if (scalar.type() != Value.Type.INTEGER && scalar.type() != Value.Type.FLOAT) {
            return null;
        }
        try {
            // A float such as 80.0 is a whole number to the API as well; doubles hold all 32-bit integers.
            double number = Double.parseDouble(scalar.text());
            return number == (int) number ? (int) number : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Whether a field holds a number. */
    boolean isNumber(String name) {
        return value(name) instanceof Value.Scalar s
                && (s.type() == Value.Type.INTEGER || s.type() == Value.Type.FLOAT);
    }

    /** The truth of a field, or null if it is absent. */
    @Nullable
    Boolean bool(String name) {
        Value value = value(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Value.Scalar s && s.type() == Value.Type.BOOLEAN) {
            return s.text().equals("true");
        }
        wrongType(path(name), value, "true or false");
        return null;
    }

    /** The fields of an object, or null if it is absent. */
    @Nullable
    Fields object(String name) {
        Value value = value(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Value.Mapping m) {
            return new Fields(m, m.position(), path(name), findings);
        }
        wrongType(path(name), value, "an object");
        return null;
    }

    /** The fields of an object; none if it is absent. */
    Fields objectOrEmpty(String name) {
        Fields fields = object(name);
        return fields == null ? new Fields(NOTHING, position(name), path(name), findings) : fields;
    }

    /** The objects of a list; none if it is absent. A null among them reads as an object without fields. */
    List<Fields> objects(String name) {
        List<Fields> objects = new ArrayList<>();
        List<Value> items = items(name);
        for (int i = 0; i < items.size(); i++) {
            String field = path(name) + "[" + i + "]";
            Value item = items.get(i);
            if (item instanceof Value.Mapping m) {
                objects.add(new Fields(m, m.position(), field, findings));
            } else if (item instanceof Value.Scalar s && s.type() == Value.Type.NULL) {
                objects.add(new Fields(NOTHING, s.position(), field, findings));
            } else {
                wrongType(field, item, "an object");
            }
        }
        return objects;
    }

    /** The texts of a list; none if it is absent. A null among them reads as an empty text. */
    List<Item> texts(String name) {
        List<Item> texts = new ArrayList<>();
        List<Value> items = items(name);
        for (int i = 0; i < items.size(); i++) {
            Value item = items.get(i);
            String field = path(name) + "[" + i + "]";
            String text = text(field, item);
            if (text != null) {
                texts.add(new Item(field, item.position(), text));
            }
        }
        return texts;
    }

    private List<Value> items(String name) {
        Value value = value(name);
        if (value == null) {
            return List.of();
        }
        if (value instanceof Value.Sequence s) {
            return s.items();
        }
        wrongType(path(name), value, "a list");
        return List.of();
    }

    /** The texts of a map, in the order they are written; none if it is absent. */
    Map<String, String> textMap(String name) {
        Fields map = object(name);
        if (map == null) {
            return Map.of();
        }
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, Value.Entry> e : map.mapping.entries().entrySet()) {
            String text = text(map.path(e.getKey()), e.getValue().value());
            if (text != null) {
                texts.put(e.getKey(), text);
            }
        }
        return texts;
    }

    private @Nullable String text(String field, Value value) {
        if (value instanceof Value.Scalar s) {
            if (s.type() == Value.Type.TEXT) {
                return s.text();
            }
            if (s.type() == Value.Type.NULL) {
                return "";
            }
        }
        wrongType(field, value, "text");
        return null;
    }

    private void wrongType(String field, Value value, String expected) {
        boolean quotes = expected.equals("text") && value instanceof Value.Scalar;
        findings.wrongType(
                field,
                value.position(),
                "The field takes " + expected + ", but " + value.what() + " is written.",
                quotes ? "put the value in quotes" : "");
    }

    /** Warns of fields that the API does not have, and names the one that was probably meant. */
    void known(Set<String> names) {
        for (Map.Entry<String, Value.Entry> e : mapping.entries().entrySet()) {
            if (!names.contains(e.getKey())) {
                String nearest = Names.nearest(e.getKey(), names);
                findings.ignoredField(
                        Code.UNKNOWN_FIELD,
                        Names.printable(path(e.getKey()), 200),
                        e.getValue().key(),
                        "The API has no field " + Names.quoted(e.getKey()) + " here.",
                        nearest.isEmpty() ? "" : "did you mean " + nearest + "?");
            }
        }
    }

    /** Reports a field that must be there. */
    void required(String name, String message) {
        findings.error(Code.REQUIRED, path(name), position(name), message, "");
    }

    /** Reports a value that a field cannot have. */
    void invalid(String name, String message) {
        invalid(name, message, "");
    }

    /** Reports a value that a field cannot have. */
    void invalid(String name, String message, String suggestion) {
        findings.error(Code.INVALID, path(name), position(name), message, suggestion);
    }

    /** Reports the value of {@code name} if {@code problem} is not null. */
    void check(String name, String value, @Nullable String problem) {
        if (problem != null) {
            invalid(name, Names.quoted(value) + " " + problem + ".");
        }
    }

    /** Reports a value that is none of a few. */
    void notSupported(String name, String value, List<String> values) {
        String nearest = Names.nearest(value, Set.copyOf(values));
        findings.error(
                Code.NOT_SUPPORTED,
                path(name),
                position(name),
                Names.quoted(value) + " is none of " + String.join(", ", values) + ".",
                nearest.isEmpty() ? "" : "did you mean " + nearest + "?");
    }
}
