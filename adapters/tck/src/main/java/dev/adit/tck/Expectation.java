package dev.adit.tck;

import dev.adit.tck.Message.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a block says about a message that is received:
 *
 * <pre>
 * Name: value          that field is there as often as it is listed, with these values in that order
 * Name ~ regex         that field is there once and its value matches
 * ! Name               no field has that name
 * trailer ...          any of these, for the trailer section
 * body TEXT            the body is exactly that
 * body ~ regex         the body matches
 * framing chunked      or length, close, none
 * </pre>
 */
final class Expectation {
    private static final Pattern NAME = Pattern.compile(":?[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    private record Section(Map<String, List<String>> equal, Map<String, Pattern> like, List<String> absent) {
        Section() {
            this(new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>());
        }
    }

    private final Section header = new Section();
    private final Section trailer = new Section();
    private @Nullable String body;
    private @Nullable Pattern bodyLike;
    private @Nullable String framing;

    private Expectation() {}

    static Expectation of(List<String> block) {
        Expectation expectation = new Expectation();
        for (String line : block) {
            expectation.add(line.strip());
        }
        return expectation;
    }

    private void add(String line) {
        if (line.equals("body")) {
            body = "";
        } else if (line.startsWith("body ~ ")) {
            bodyLike = Pattern.compile(line.substring("body ~ ".length()), Pattern.DOTALL);
        } else if (line.startsWith("body ")) {
            body = Text.decode(line.substring("body ".length()));
        } else if (line.startsWith("framing ")) {
            framing = line.substring("framing ".length()).strip();
        } else if (line.startsWith("trailer ")) {
            addField(trailer, line.substring("trailer ".length()).strip());
        } else {
            addField(header, line);
        }
    }

    private static void addField(Section section, String line) {
        // A pseudo-header field begins with a colon itself.
        int colon = line.indexOf(':', 1);
        int tilde = line.indexOf(" ~ ");
        if (line.startsWith("! ")) {
            section.absent.add(name(line.substring(2), line));
        } else if (tilde > 0 && (colon < 0 || tilde < colon)) {
            section.like.put(name(line.substring(0, tilde), line), Pattern.compile(line.substring(tilde + 3)));
        } else if (colon > 0) {
            section.equal
                    .computeIfAbsent(name(line.substring(0, colon), line), key -> new ArrayList<>())
                    .add(Text.decode(line.substring(colon + 1).strip()));
        } else {
            throw new IllegalArgumentException("expects nothing: " + line);
        }
    }

    private static String name(String text, String line) {
        String name = text.strip();
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("no field name: " + line);
        }
        return name;
    }

    /** Whether anything is expected beyond the head. */
    boolean needsBody() {
        return body != null || bodyLike != null || !trailer.equals(new Section());
    }

    void checkHead(Message message, Messages.Framing actual) {
        check(header, message.fields(), "");
        if (framing != null && !framing.equalsIgnoreCase(actual.name())) {
            throw new AssertionError("expected framing " + framing + ", not " + actual);
        }
    }

    void checkBody(String actual, List<Field> trailers) {
        String expected = body;
        if (expected != null && !expected.equals(actual)) {
            throw new AssertionError("expected the body " + show(expected) + ", not " + show(actual));
        }
        if (bodyLike != null && !bodyLike.matcher(actual).matches()) {
            throw new AssertionError("expected a body like " + bodyLike + ", not " + show(actual));
        }
        check(trailer, trailers, "trailer ");
    }

    private static void check(Section section, List<Field> fields, String kind) {
        section.equal.forEach((name, values) -> {
            List<String> actual = Message.all(fields, name);
            if (!actual.equals(values)) {
                throw new AssertionError("expected " + kind + name + ": " + brief(values) + ", not " + brief(actual));
            }
        });
        section.like.forEach((name, pattern) -> {
            List<String> actual = Message.all(fields, name);
            if (actual.size() != 1 || !pattern.matcher(actual.get(0)).matches()) {
                throw new AssertionError("expected " + kind + name + " like " + pattern + ", not " + brief(actual));
            }
        });
        for (String name : section.absent) {
            List<String> actual = Message.all(fields, name);
            if (!actual.isEmpty()) {
                throw new AssertionError("expected no " + kind + name + ", but there is " + brief(actual));
            }
        }
    }

    private static List<String> brief(List<String> values) {
        return values.stream().map(value -> Text.show(Text.bytes(value), 200)).toList();
    }

    private static String show(String text) {
        return '"' + Text.show(Text.bytes(text), 400) + '"';
    }
}
