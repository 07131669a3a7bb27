package dev.adit.manifest;

import dev.adit.diagnostic.SourcePosition;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the fields of one object stand, by field path such as {@code spec.rules[0].host}. Keys of a map follow a dot or
 * stand in brackets, whatever characters they hold: {@code metadata.annotations.example.com/x}, {@code data[tls.key]}.
 * Immutable, and smaller than the text it describes.
 */
public final class Positions {
    /** For objects that come from no file. */
    public static final Positions NONE = new Positions("", null);

    private final String source;
    private final @Nullable Place root;

    private Positions(String source, @Nullable Place root) {
        this.source = source;
        this.root = root;
    }

    static Positions of(Value object) {
        return new Positions(object.position().source(), Place.of(object));
    }

    /** The position of {@code field}, else of the nearest field around it, else {@link SourcePosition#UNKNOWN}. */
    public SourcePosition at(String field) {
        if (root == null) {
            return SourcePosition.UNKNOWN;
        }
        Place place = root;
        String rest = field;
        while (!rest.isEmpty()) {
            int child = place.find(rest);
            if (child < 0) {
                break;
            }
            rest = rest.substring(place.length(child, rest));
            place = place.children[child];
        }
        return new SourcePosition(source, place.line, place.column);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Positions p && source.equals(p.source) && Objects.equals(root, p.root);
    }

    @Override
    public int hashCode() {
        return Objects.hash(source, root);
    }

    @Override
    public String toString() {
        return at("").toString();
    }

    /** A value's place and those of the values inside it: {@code names} is empty for a list. */
    private static final class Place {
        private static final String[] NO_NAMES = {};
        private static final Place[] NO_CHILDREN = {};

        private final int line;
        private final int column;
        private final String[] names;
        private final Place[] children;

        private Place(SourcePosition position, String[] names, Place[] children) {
            this.line = position.line();
            this.column = position.column();
            this.names = names;
            this.children = children;
        }

        static Place of(Value value) {
            if (value instanceof Value.Mapping mapping) {
                Place[] children = mapping.entries().values().stream()
                        .map(entry -> of(entry.value()))
                        .toArray(Place[]::new);
                return new Place(value.position(), mapping.entries().keySet().toArray(String[]::new), children);
            }
            if (value instanceof Value.Sequence sequence) {
                Place[] children = sequence.items().stream().map(Place::of).toArray(Place[]::new);
                return new Place(value.position(), NO_NAMES, children);
            }
            return new Place(value.position(), NO_NAMES, NO_CHILDREN);
        }

        /** The child that {@code path} leads to, the longest name first; negative if there is none. */
        int find(String path) {
            if (names.length == 0) {
                int end = path.startsWith("[") ? path.indexOf(']') : -1;
                String digits = end < 0 ? "" : path.substring(1, end);
                boolean index = digits.matches("[0-9]{1,6}") && Integer.parseInt(digits) < children.length;
                return index ? Integer.parseInt(digits) : -1;
            }
            int found = -1;
            for (int i = 0; i < names.length; i++) {
                if (length(i, path) > 0 && (found < 0 || names[i].length() > names[found].length())) {
                    found = i;
                }
            }
            return found;
        }

        /** How many characters of {@code path} name that child; 0 if they do not. */
        int length(int child, String path) {
            if (names.length == 0) {
                return path.indexOf(']') + 1;
            }
            String name = names[child];
            if (path.startsWith("[")) {
                return path.startsWith(name + "]", 1) ? name.length() + 2 : 0;
            }
            int start = path.startsWith(".") ? 1 : 0;
            int end = start + name.length();
            boolean named = path.startsWith(name, start)
                    && (end == path.length() || path.charAt(end) == '.' || path.charAt(end) == '[');
            return named ? end : 0;
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Place p
                    && line == p.line
                    && column == p.column
                    && Arrays.equals(names, p.names)
                    && Arrays.equals(children, p.children);
        }

        @Override
        public int hashCode() {
            return 31 * line + column;
        }
    }
}
