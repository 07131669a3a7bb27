package dev.adit.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What happens to header fields on their way through, by name. Names are compared without case and without allocation, and
 * what is neither letter nor digit counts as a hyphen, since CGI-like backends cannot tell them apart: they make variables of
 * names, with an underscore for an underscore, a dot or any other sign.
 *
 * <p>Source: RFC 9110 section 7.6.1 (hop-by-hop), RFC 9113 section 8.2.2, and the fields that ingress-nginx sets.
 */
final class Fields {
    /** What happens to a field of a request. */
    enum Treatment {
        /** Goes on, unless the client's Connection field names it. */
        FORWARDED,
        /** Goes on whatever the client's Connection field says: dropping it would change what the request means. */
        PROTECTED,
        /** Ends here: hop-by-hop, framing, or written by us. */
        DROPPED,
        /** Says who the client is: only believed, and sent on, from a trusted peer. */
        IDENTITY,
        /** Explains a request that failed over to another backend: then it is written by us. */
        FAILOVER
    }

    private record Entry(String name, Treatment treatment, boolean endsInResponse) {}

    private static final int LONGEST = 32;
    private static final Entry[][] BY_LENGTH = entries();

    private Fields() {}

    private static Entry[][] entries() {
        List<Entry> all = new ArrayList<>();
        add(
                all,
                Treatment.DROPPED,
                true,
                "Connection, Keep-Alive, Proxy-Connection, Transfer-Encoding, Trailer, Upgrade, TE");
        add(all, Treatment.DROPPED, true, "Content-Length");
        add(
                all,
                Treatment.DROPPED,
                false,
                "HTTP2-Settings, Proxy-Authorization, Expect, Host, Proxy, X-Request-ID, X-Real-IP");
        add(all, Treatment.DROPPED, false, "X-Forwarded-For, X-Forwarded-Host, X-Forwarded-Port, X-Forwarded-Proto");
        add(all, Treatment.DROPPED, false, "X-Forwarded-Scheme, X-Scheme");
        add(
                all,
                Treatment.IDENTITY,
                false,
                "Forwarded, X-Original-URL, X-Rewrite-URL, X-Original-URI, X-Original-Method");
        add(all, Treatment.IDENTITY, false, "X-Original-Forwarded-For, X-Original-Forwarded-Host");
        add(
                all,
                Treatment.FAILOVER,
                false,
                "X-Code, X-Format, X-Namespace, X-Ingress-Name, X-Service-Name, X-Service-Port");
        add(
                all,
                Treatment.PROTECTED,
                false,
                "Authorization, Cookie, Cache-Control, Origin, Content-Type, Content-Encoding");
        Entry[][] byLength = new Entry[LONGEST + 1][];
        for (int length = 0; length <= LONGEST; length++) {
            int wanted = length;
            byLength[length] =
                    all.stream().filter(entry -> entry.name.length() == wanted).toArray(Entry[]::new);
        }
        return byLength;
    }

    private static void add(List<Entry> all, Treatment treatment, boolean endsInResponse, String names) {
        for (String name : names.toLowerCase(Locale.ROOT).split(", ")) {
            all.add(new Entry(name, treatment, endsInResponse));
        }
    }

    /** What happens to a request's field. */
    static Treatment ofRequest(CharSequence name) {
        Treatment treatment = lookUp(name);
        if (treatment == Treatment.FORWARDED || treatment == Treatment.PROTECTED) {
            return treatment;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c != '-' && folded(c) == '-') {
                return Treatment.DROPPED;
            }
        }
        return treatment;
    }

    private static Treatment lookUp(CharSequence name) {
        if (name.length() <= LONGEST) {
            for (Entry entry : BY_LENGTH[name.length()]) {
                if (startsWith(name, entry.name)) {
                    return entry.treatment;
                }
            }
        }
        return startsWith(name, "x-forwarded-") || startsWith(name, "ssl-client-")
                ? Treatment.IDENTITY
                : Treatment.FORWARDED;
    }

    /** Whether a field of a response ends here: hop-by-hop and framing. */
    static boolean endsInResponse(CharSequence name) {
        if (name.length() <= LONGEST) {
            for (Entry entry : BY_LENGTH[name.length()]) {
                if (entry.endsInResponse && startsWith(name, entry.name)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether {@code name} is {@code expected}, which is in lower case. */
    static boolean is(CharSequence name, String expected) {
        return name.length() == expected.length() && startsWith(name, expected);
    }

    /** Whether {@code name} starts with {@code lowerCase}. */
    static boolean startsWith(CharSequence name, String lowerCase) {
        if (name.length() < lowerCase.length()) {
            return false;
        }
        for (int i = 0; i < lowerCase.length(); i++) {
            if (folded(name.charAt(i)) != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static char folded(char c) {
        if (c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
            return c;
        }
        return c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : '-';
    }

    /** {@code name} in lower case, with hyphens for all that is neither letter nor digit. */
    static String folded(CharSequence name) {
        StringBuilder folded = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            folded.append(folded(name.charAt(i)));
        }
        return folded.toString();
    }

    /** The names that Connection fields nominate for this hop only, folded; null if none needs attention. */
    static @Nullable List<String> nominated(Headers headers) {
        String first = headers.get("Connection");
        if (first == null) {
            return null;
        }
        // What browsers and most servers send: not worth taking apart.
        if ((is(first, "keep-alive") || is(first, "close")) && headers.count("Connection") == 1) {
            return null;
        }
        List<String> names = null;
        for (String list : headers.all("Connection")) {
            for (String option : list.split(",")) {
                String name = folded(option.strip());
                if (!name.isEmpty() && !name.equals("close") && !endsInResponse(name)) {
                    names = names == null ? new ArrayList<>() : names;
                    names.add(name);
                }
            }
        }
        return names;
    }

    /** Whether {@code name} is among {@link #nominated} ones. */
    static boolean contains(List<String> nominated, CharSequence name) {
        for (String candidate : nominated) {
            if (is(name, candidate)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a comma-separated list in any field of that name holds {@code token}, without case. */
    static boolean listHolds(Headers headers, String name, String token) {
        if (headers.get(name) == null) {
            return false;
        }
        for (String list : headers.all(name)) {
            for (String element : list.split(",")) {
                int parameters = element.indexOf(';');
                String value = parameters < 0 ? element : element.substring(0, parameters);
                if (value.strip().equalsIgnoreCase(token)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether {@code text} is a token of RFC 9110 section 5.6.2. */
    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z' && c < 0x80;
            if (!letter && (c < '0' || c > '9') && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
