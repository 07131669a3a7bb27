package dev.adit.exchange;

import dev.adit.policy.Settings.PathMode;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads request targets so that nobody can read them differently: what is matched is what is forwarded, and what has two
 * readings is refused. The steps of {@link #normalPath}, in this order:
 *
 * <pre>
 *  /a/%7eb//./c%3a/..?q   no illegal bytes               refused: controls, space, \, #, DEL, &gt; 0x7F
 *  /a/%7eb//./c%3a/..     query split off                the query is checked but never changed
 *  /a/~b//./c%3A/..       escapes made canonical, once   refused: malformed, %00-%1F, %7F, %2F, %5C, overlong UTF-8
 *  /a/~b//./c%3A/..       parameters checked             refused: a segment that is . or .. before its first ;
 *  /a/~b/                 slashes merged, dots removed   refused: above the root
 * </pre>
 *
 * Source: RFC 3986 sections 2.3, 3.3, 5.2.4 and 6.2.2; RFC 9112 section 3.2.
 */
public final class RequestTarget {
    /** Longest request target in characters; a longer one is answered 414. */
    public static final int MAX_LENGTH = 8192;

    private static final byte ILLEGAL = 0;
    /** May stand in a path as it is: {@code pchar} of RFC 3986 section 3.3, and the slash. */
    private static final byte LITERAL = 1;
    /** Never has an escape that means the same: unreserved of RFC 3986 section 2.3. */
    private static final byte UNRESERVED = 2;
    /** Visible, with one reading, but not allowed in a path: is escaped. */
    private static final byte ESCAPED = 3;

    private static final byte PERCENT = 4;

    private static final byte[] KINDS = kinds();
    private static final String HEX = "0123456789ABCDEF";

    private RequestTarget() {}

    private static byte[] kinds() {
        byte[] kinds = new byte[128];
        put(kinds, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~", UNRESERVED);
        put(kinds, "/!$&'()*+,;=:@", LITERAL);
        put(kinds, "\"<>[]^`{|}", ESCAPED);
        put(kinds, "%", PERCENT);
        return kinds;
    }

    private static void put(byte[] kinds, String characters, byte kind) {
        for (int i = 0; i < characters.length(); i++) {
            kinds[characters.charAt(i)] = kind;
        }
    }

    private static byte kind(int c) {
        return c < 128 ? KINDS[c] : ILLEGAL;
    }

    /**
     * A rule's path, spelled as request paths are spelled after normalisation: what RFC 3986 forbids in a path (spaces,
     * brackets, a lone percent sign, non-ASCII as UTF-8) is percent-encoded, escapes of unreserved characters are decoded,
     * other escapes get upper-case digits. Dot segments and slashes stay. Not for regular expressions.
     *
     * @param path as the manifest says it
     * @return {@code path} itself if it is canonical
     */
    public static String canonicalRulePath(String path) {
        StringBuilder out = null;
        int copied = 0;
        for (int i = 0; i < path.length(); ) {
            int next = i + 1;
            String canonical = null;
            int escape = path.charAt(i) == '%' ? escapeAt(path, i, path.length()) : -1;
            if (escape >= 0) {
                next = i + 3;
                canonical = changedEscape(path, i, escape);
            } else if (kind(path.charAt(i)) != UNRESERVED && kind(path.charAt(i)) != LITERAL) {
                next = path.offsetByCodePoints(i, 1);
                canonical = percentEncoded(path.substring(i, next));
            }
            if (canonical != null) {
                out = (out == null ? new StringBuilder(path.length() + 16) : out)
                        .append(path, copied, i)
                        .append(canonical);
                copied = next;
            }
            i = next;
        }
        return out == null ? path : out.append(path, copied, path.length()).toString();
    }

    private static String percentEncoded(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            appendEscape(out, b & 0xFF);
        }
        return out.toString();
    }

    private static StringBuilder appendEscape(StringBuilder out, int octet) {
        return out.append('%').append(HEX.charAt(octet >> 4)).append(HEX.charAt(octet & 15));
    }

    /** Where the authority of an absolute form begins, or -1 if {@code target} is none of http or https. */
    static int authorityStart(String target) {
        if (target.regionMatches(true, 0, "http://", 0, 7)) {
            return 7;
        }
        return isHttps(target) ? 8 : -1;
    }

    /** Whether {@code target} is the absolute form of an https URI. */
    static boolean isHttps(String target) {
        return target.regionMatches(true, 0, "https://", 0, 8);
    }

    /** Where the authority that begins at {@code start} ends. */
    static int authorityEnd(String target, int start) {
        for (int i = start; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c == '/' || c == '?' || c == '#') {
                return i;
            }
        }
        return target.length();
    }

    /** Whether every character from {@code from} on may stand in a query: visible ASCII but {@code #}. */
    static boolean legalQuery(String target, int from) {
        for (int i = from; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c >= 0x7F || c == '#') {
                return false;
            }
        }
        return true;
    }

    /**
     * The path to match and to forward.
     *
     * @param path without query; empty (absolute form) means {@code /}
     * @return {@code path} itself if it is normal, or null if it must be refused with 400
     */
    static @Nullable String normalPath(String path, PathMode mode) {
        if (path.isEmpty()) {
            return "/";
        }
        if (path.charAt(0) != '/') {
            return null;
        }
        String canonical = canonicalEscapes(path, mode);
        if (canonical == null || mode == PathMode.RAW) {
            return canonical;
        }
        String normal = withoutDotSegments(canonical);
        if (mode == PathMode.REJECT && normal != null && !normal.equals(path)) {
            return null;
        }
        return normal;
    }

    /**
     * The path to forward after a rewrite.
     *
     * @param path what the rewrite made of the request's path
     * @return null if it leads out of the root
     */
    static @Nullable String rewritten(String path, PathMode mode) {
        // Groups may be put together to dot segments that were none before.
        PathMode checked = mode == PathMode.RAW ? PathMode.RAW : PathMode.STRICT;
        return normalPath(path.startsWith("/") ? path : "/" + path, checked);
    }

    private static @Nullable String canonicalEscapes(String path, PathMode mode) {
        StringBuilder out = null;
        int copied = 0;
        for (int i = 0; i < path.length(); i++) {
            byte kind = kind(path.charAt(i));
            if (kind == UNRESERVED || kind == LITERAL) {
                continue;
            }
            if (kind == ILLEGAL) {
                return null;
            }
            if (mode == PathMode.RAW) {
                continue;
            }
            int next = i + 1;
            String canonical;
            if (kind == PERCENT) {
                int octet = escapeAt(path, i, path.length());
                if (octet < 0 || twoReadings(path, i, octet)) {
                    return null;
                }
                next = i + 3;
                canonical = changedEscape(path, i, octet);
            } else {
                canonical = appendEscape(new StringBuilder(3), path.charAt(i)).toString();
            }
            if (canonical != null) {
                out = (out == null ? new StringBuilder(path.length() + 16) : out)
                        .append(path, copied, i)
                        .append(canonical);
                copied = next;
            }
            i = next - 1;
        }
        return out == null ? path : out.append(path, copied, path.length()).toString();
    }

    /** The octet that an escape at {@code i} stands for, or -1 if it is malformed. */
    private static int escapeAt(String path, int i, int end) {
        if (i + 2 >= end) {
            return -1;
        }
        int high = hexDigit(path.charAt(i + 1));
        int low = hexDigit(path.charAt(i + 2));
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    /** ASCII only, unlike {@link Character#digit}. */
    private static int hexDigit(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    /** What to write instead of the escape at {@code i}, or null if it is canonical. */
    private static @Nullable String changedEscape(String path, int i, int octet) {
        if (kind(octet) == UNRESERVED) {
            return String.valueOf((char) octet);
        }
        boolean upperCase =
                path.charAt(i + 1) == HEX.charAt(octet >> 4) && path.charAt(i + 2) == HEX.charAt(octet & 15);
        return upperCase ? null : appendEscape(new StringBuilder(3), octet).toString();
    }

    /** Whether servers disagree about an escape: separators, controls, and ASCII hidden in overlong UTF-8. */
    private static boolean twoReadings(String path, int i, int octet) {
        if (octet < 0x20 || octet == 0x7F || octet == '/' || octet == '\\') {
            return true;
        }
        if (octet != 0xC0 && octet != 0xC1 && octet != 0xE0 && octet != 0xF0) {
            return false;
        }
        int next = i + 3 < path.length() && path.charAt(i + 3) == '%' ? escapeAt(path, i + 3, path.length()) : -1;
        // RFC 3629 section 3: the shortest form only. An E0 goes on with A0 or above, an F0 with 90 or above.
        int shortest = octet == 0xE0 ? 0xA0 : octet == 0xF0 ? 0x90 : 0xC0;
        return next >= 0x80 && next < shortest;
    }

    /** Merges slashes and removes dot segments; null above the root and for dot segments with parameters. */
    private static @Nullable String withoutDotSegments(String path) {
        StringBuilder out = null;
        int end;
        for (int slash = 0; slash < path.length(); slash = end) {
            int start = slash + 1;
            end = path.indexOf('/', start);
            boolean last = end < 0;
            if (last) {
                end = path.length();
            }
            int dots = dots(path, start, end);
            if (dots == 0 && (last || end > start)) {
                if (out != null) {
                    out.append(path, slash, end);
                }
                continue;
            }
            if (dots < 0) {
                return null;
            }
            if (out == null) {
                out = new StringBuilder(path.length()).append(path, 0, slash);
            }
            if (dots == 2) {
                if (out.length() == 0) {
                    return null;
                }
                out.setLength(out.lastIndexOf("/"));
            }
            if (last) {
                out.append('/');
            }
        }
        return out == null ? path : out.toString();
    }

    /** 1 for {@code .}, 2 for {@code ..}, -1 for either with parameters, else 0. */
    private static int dots(String path, int start, int end) {
        int dots = 0;
        while (dots < 3 && start + dots < end && path.charAt(start + dots) == '.') {
            dots++;
        }
        if (dots == 0 || dots == 3) {
            return 0;
        }
        int after = start + dots;
        if (after == end) {
            return dots;
        }
        // Some servers cut parameters before they decode, some after: an escaped semicolon counts as one.
        return path.charAt(after) == ';' || path.startsWith("%3B", after) ? -1 : 0;
    }
}
