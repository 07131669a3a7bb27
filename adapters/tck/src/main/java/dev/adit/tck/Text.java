package dev.adit.tck;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How case files write bytes: {@code \r \n \t \s \\ \xHH}, {@code {8192*a}} for repetition, and {@code {name}} for a column
 * of the case's table. Strings of decoded text hold one byte per character.
 */
final class Text {
    private static final Pattern BRACES = Pattern.compile("\\{([^{}]*)}");
    private static final Pattern REPEAT = Pattern.compile("(\\d+)\\*(.+)");

    private Text() {}

    /** Puts the values of a table's row in the place of their names. */
    static String fill(String text, Map<String, String> row) {
        if (row.isEmpty()) {
            return text;
        }
        return BRACES.matcher(text).replaceAll(found -> {
            String value = row.get(found.group(1));
            return Matcher.quoteReplacement(value == null ? found.group() : value);
        });
    }

    /** The bytes that {@code text} spells, one per character. */
    static String decode(String text) {
        String repeated = BRACES.matcher(text).replaceAll(found -> {
            Matcher repeat = REPEAT.matcher(found.group(1));
            if (!repeat.matches()) {
                throw new IllegalArgumentException("neither a column nor a repetition: " + found.group());
            }
            return Matcher.quoteReplacement(repeat.group(2).repeat(Integer.parseInt(repeat.group(1))));
        });
        byte[] utf8 = repeated.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(utf8.length);
        for (int i = 0; i < utf8.length; i++) {
            if (utf8[i] != '\\') {
                out.write(utf8[i]);
            } else {
                i = escape(utf8, i + 1, out);
            }
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    /** Decodes the escape whose letter is at {@code at}; returns the index of its last byte. */
    private static int escape(byte[] text, int at, ByteArrayOutputStream out) {
        char letter = at < text.length ? (char) text[at] : ' ';
        switch (letter) {
            case 'r' -> out.write('\r');
            case 'n' -> out.write('\n');
            case 't' -> out.write('\t');
            case 's' -> out.write(' ');
            case '\\' -> out.write('\\');
            case 'x' -> {
                String hex = new String(text, at + 1, 2, StandardCharsets.ISO_8859_1);
                out.write(Integer.parseInt(hex, 16));
                return at + 2;
            }
            default -> throw new IllegalArgumentException("no escape: \\" + letter);
        }
        return at;
    }

    /** The bytes of a block that is sent: every line ends with CR LF, unless a single backslash ends it. */
    static byte[] message(List<String> lines) {
        StringBuilder out = new StringBuilder();
        for (String line : lines) {
            boolean open = line.endsWith("\\") && !line.endsWith("\\\\");
            out.append(decode(open ? line.substring(0, line.length() - 1) : line));
            if (!open) {
                out.append("\r\n");
            }
        }
        return bytes(out.toString());
    }

    static byte[] bytes(String decoded) {
        return decoded.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Bytes for people: at most {@code most} of them, line by line, control characters as escapes. */
    static String show(byte[] bytes, int most) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < Math.min(bytes.length, most); i++) {
            char c = (char) (bytes[i] & 0xff);
            switch (c) {
                case '\r' -> out.append("\\r");
                case '\n' -> out.append("\\n\n");
                default -> out.append(c < 0x20 || c > 0x7e ? String.format("\\x%02x", (int) c) : String.valueOf(c));
            }
        }
        return bytes.length > most ? out + "... (" + bytes.length + " bytes)" : out.toString();
    }
}
