package dev.adit.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What of a request is hashed to find its endpoint: text with variables, as {@code upstream-hash-by} has it.
 *
 * @param parts one after the other, at least one
 */
public record HashKey(List<Part> parts) {
    /** Where a part comes from. */
    public enum Source {
        /** The part itself. */
        TEXT,
        /** The request target as it came. */
        REQUEST_URI,
        /** The normalised path. */
        URI,
        /** The query as it came, without its question mark. */
        ARGS,
        /** The method. */
        REQUEST_METHOD,
        /** {@code http} or {@code https}. */
        SCHEME,
        /** The normalised host. */
        HOST,
        /** The client's address. */
        REMOTE_ADDR,
        /** A header field. */
        HTTP,
        /** A cookie. */
        COOKIE,
        /** A parameter of the query, as it came. */
        ARG
    }

    /**
     * A part.
     *
     * @param name the text, or the name of a header field, cookie or parameter; else empty
     */
    public record Part(Source source, String name) {}

    private static final int MAX_LENGTH = 1_000;

    public HashKey {
        parts = List.copyOf(parts);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("is empty");
        }
    }

    /**
     * Reads {@code $variables}, also as {@code ${variable}}, and text between them.
     *
     * @throws IllegalArgumentException if there is an unknown variable, a lonely {@code $}, or too much; the message ends a
     *     sentence
     */
    public static HashKey parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("is longer than " + MAX_LENGTH + " characters");
        }
        List<Part> parts = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int dollar = text.indexOf('$', at);
            int end = dollar < 0 ? text.length() : dollar;
            if (end > at) {
                parts.add(new Part(Source.TEXT, text.substring(at, end)));
            }
            at = dollar < 0 ? end : variable(text, dollar + 1, parts);
        }
        return new HashKey(parts);
    }

    /** Reads a variable after its dollar sign, and returns where it ends. */
    private static int variable(String text, int start, List<Part> parts) {
        boolean braced = start < text.length() && text.charAt(start) == '{';
        int from = braced ? start + 1 : start;
        int end = from;
        while (end < text.length() && isNameCharacter(text.charAt(end))) {
            end++;
        }
        boolean closed = !braced || end < text.length() && text.charAt(end) == '}';
        if (end == from || !closed) {
            throw new IllegalArgumentException("has a $ that begins no variable");
        }
        parts.add(part(text.substring(from, end)));
        return braced ? end + 1 : end;
    }

    private static boolean isNameCharacter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
    }

    private static Part part(String variable) {
        String name = variable.toLowerCase(Locale.ROOT);
        if (name.startsWith("http_") && name.length() > 5) {
            return new Part(Source.HTTP, name.substring(5).replace('_', '-'));
        }
        if (name.startsWith("cookie_") && name.length() > 7) {
            return new Part(Source.COOKIE, variable.substring(7));
        }
        if (name.startsWith("arg_") && name.length() > 4) {
            return new Part(Source.ARG, variable.substring(4));
        }
        return switch (name) {
            case "request_uri" -> new Part(Source.REQUEST_URI, "");
            case "uri", "document_uri" -> new Part(Source.URI, "");
            case "args", "query_string" -> new Part(Source.ARGS, "");
            case "request_method" -> new Part(Source.REQUEST_METHOD, "");
            case "scheme" -> new Part(Source.SCHEME, "");
            case "host" -> new Part(Source.HOST, "");
            case "remote_addr", "binary_remote_addr", "the_real_ip" -> new Part(Source.REMOTE_ADDR, "");
            default -> throw new IllegalArgumentException("has the unknown variable $" + variable);
        };
    }
}
