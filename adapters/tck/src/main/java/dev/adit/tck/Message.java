package dev.adit.tck;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The head of a message as a transport sent it.
 *
 * @param start the start line
 * @param fields the header fields in order
 */
record Message(String start, List<Field> fields) {
    /** A field; {@code value} without the blanks around it. */
    record Field(String name, String value) {
        boolean is(String other) {
            return name.equalsIgnoreCase(other);
        }

        @Override
        public String toString() {
            return name + ": " + value;
        }
    }

    Message {
        fields = List.copyOf(fields);
    }

    boolean isResponse() {
        return start.startsWith("HTTP/");
    }

    /** The status of a response. */
    int status() {
        return Integer.parseInt(start.substring(9, 12));
    }

    /** The values of every field of that name, in order. */
    List<String> all(String name) {
        return all(fields, name);
    }

    static List<String> all(List<Field> fields, String name) {
        List<String> values = new ArrayList<>();
        for (Field field : fields) {
            if (field.is(name)) {
                values.add(field.value());
            }
        }
        return values;
    }

    /** Whether a comma-separated list in fields of that name holds {@code token}. */
    boolean lists(String name, String token) {
        return elements(name).contains(token);
    }

    /** The elements of the list that fields of that name are, in lower case. */
    List<String> elements(String name) {
        List<String> elements = new ArrayList<>();
        for (String value : all(name)) {
            for (String element : value.split(",")) {
                elements.add(element.strip().toLowerCase(Locale.ROOT));
            }
        }
        return elements;
    }
}
