package dev.adit.tls;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The one form in which server names are compared: lower-case ASCII labels without the root's dot. International names are
 * compared as their A-labels, which is how RFC 6066 section 3 sends them and RFC 5280 section 7.2 stores them.
 */
final class ServerName {
    /** RFC 1035 section 2.3.4, without the root's dot. */
    private static final int MAX_NAME = 253;

    private static final int MAX_LABEL = 63;

    private static final byte UPPER = 1;
    private static final byte OTHER = 2;

    /** By character: 0 = dots, lower-case letters, digits, hyphens, and the underscores that names in use have (RFC 8552). */
    private static final byte[] KINDS = new byte[128];

    static {
        for (char c = 0; c < KINDS.length; c++) {
            KINDS[c] =
                    c >= 'A' && c <= 'Z' ? UPPER : "abcdefghijklmnopqrstuvwxyz0123456789-_.".indexOf(c) < 0 ? OTHER : 0;
        }
    }

    private ServerName() {}

    /** The name in its one form, or null if it is no DNS name. Allocates nothing if it has that form already. */
    static @Nullable String normalise(@Nullable String name) {
        return name == null ? null : normalise(name, 0);
    }

    /** Like {@link #normalise(String)}, but takes {@code *.parent} as well. */
    static @Nullable String normalisePattern(String pattern) {
        return normalise(pattern, pattern.startsWith("*.") ? 2 : 0);
    }

    /** Whether the name {@code text[from, from + length)}, of one byte for each character, has its one form already. */
    static boolean isNormal(byte[] text, int from, int length) {
        int end = from + length;
        int kinds = length <= MAX_NAME ? 0 : OTHER;
        int labelStart = from;
        for (int i = from; i < end; i++) {
            byte c = text[i];
            kinds |= c < 0 ? OTHER : KINDS[c];
            if (c == '.') {
                kinds |= isLabel(labelStart, i) ? 0 : OTHER;
                labelStart = i + 1;
            }
        }
        return kinds == 0 && isLabel(labelStart, end);
    }

    private static @Nullable String normalise(String name, int start) {
        int end = name.length();
        if (end > start && name.charAt(end - 1) == '.') {
            end--;
        }
        if (end == start || end > MAX_NAME) {
            return null;
        }
        int kinds = 0;
        int labelStart = start;
        for (int i = start; i < end; i++) {
            char c = name.charAt(i);
            kinds |= c < KINDS.length ? KINDS[c] : OTHER;
            if (c == '.') {
                if (!isLabel(labelStart, i)) {
                    return null;
                }
                labelStart = i + 1;
            }
        }
        if ((kinds & OTHER) != 0 || !isLabel(labelStart, end)) {
            return null;
        }
        String trimmed = end == name.length() ? name : name.substring(0, end);
        return kinds == UPPER ? trimmed.toLowerCase(Locale.ROOT) : trimmed;
    }

    private static boolean isLabel(int start, int end) {
        return end > start && end - start <= MAX_LABEL;
    }
}
