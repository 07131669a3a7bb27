package dev.adit.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What RFC 9112 says of a whole request, as patterns: slow, short, and written without a look at the readers. */
final class PatternParser {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final String TEXT = "[\\t\\x20-\\x7e\\x80-\\xff]";
    private static final Pattern LINE = Pattern.compile("(" + TOKEN + ") ([\\x21-\\x7e]+) HTTP/1\\.([01])\r\n");
    private static final Pattern FIELD = Pattern.compile("(" + TOKEN + "):[ \\t]*(" + TEXT + "*?)[ \\t]*\r\n");
    private static final Pattern END = Pattern.compile("\r\n");
    private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,15})(?:;" + TEXT + "{0,256})?\r\n");
    private static final Pattern LENGTH = Pattern.compile("0|[1-9][0-9]{0,17}");

    private final String text;
    private int at;

    private PatternParser(String text) {
        this.text = text;
    }

    /** The request that {@code text} begins with, or null if it does not begin with a whole one. */
    static @Nullable Parsed request(String text) {
        return new PatternParser(text).read();
    }

    private @Nullable MatchResult take(Pattern pattern) {
        Matcher matcher = pattern.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            return null;
        }
        at = matcher.end();
        return matcher.toMatchResult();
    }

    private @Nullable Parsed read() {
        for (int blank = 0; blank < 2; blank++) {
            take(END);
        }
        MatchResult line = take(LINE);
        List<String> fields = line == null ? null : section();
        if (line == null || fields == null) {
            return null;
        }
        List<String> lengths = values(fields, "content-length");
        List<String> codings = values(fields, "transfer-encoding");
        String body = "";
        List<String> trailers = List.of();
        if (!codings.isEmpty()) {
            boolean clear =
                    lengths.isEmpty() && codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked");
            String data = clear && line.group(3).equals("1") ? chunks() : null;
            List<String> last = data == null ? null : section();
            if (data == null || last == null) {
                return null;
            }
            body = data;
            trailers = last;
        } else if (!lengths.isEmpty()) {
            boolean clear =
                    lengths.size() == 1 && LENGTH.matcher(lengths.get(0)).matches();
            if (!clear || Long.parseLong(lengths.get(0)) > text.length() - at) {
                return null;
            }
            body = text.substring(at, at + Integer.parseInt(lengths.get(0)));
        }
        return new Parsed(line.group(1), line.group(2), fields, body, trailers, 0);
    }

    private @Nullable List<String> section() {
        List<String> fields = new ArrayList<>();
        for (MatchResult field = take(FIELD); field != null; field = take(FIELD)) {
            fields.add(field.group(1) + ": " + field.group(2));
        }
        return take(END) == null ? null : fields;
    }

    private static List<String> values(List<String> fields, String name) {
        return fields.stream()
                .map(field -> field.split(": ", 2))
                .filter(field -> field[0].equalsIgnoreCase(name))
                .map(field -> field[1])
                .toList();
    }

    /** The data of all chunks up to the last one. */
    private @Nullable String chunks() {
        StringBuilder data = new StringBuilder();
        for (MatchResult chunk = take(CHUNK); chunk != null; chunk = take(CHUNK)) {
            long size = Long.parseLong(chunk.group(1), 16);
            if (size == 0) {
                return data.toString();
            }
            if (size > text.length() - at) {
                return null;
            }
            data.append(text, at, at + (int) size);
            at += (int) size;
            if (take(END) == null) {
                return null;
            }
        }
        return null;
    }
}
