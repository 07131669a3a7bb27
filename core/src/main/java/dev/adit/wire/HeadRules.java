package dev.adit.wire;

import dev.adit.exchange.Headers;
import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * What heads may not hold that a server's own reader has read. Servers decode the fields of HTTP/2 without much of a look at
 * their octets: a line break in a value would make two fields of it, or two messages, once it is written as HTTP/1.1 (RFC 9113
 * sections 8.2.1 and 10.3).
 */
public final class HeadRules {
    private HeadRules() {}

    /**
     * Checks the head of a request.
     *
     * @param scheme the scheme of an HTTP/2 request; not looked at for HTTP/1
     * @throws BadMessageException with 414 or 431 if it breaks {@code limits}, with 400 if it is malformed
     */
    public static void check(RequestHead head, @Nullable String scheme, MessageLimits limits)
            throws BadMessageException {
        if (head.method().length() + head.target().length() > limits.startLineBytes()) {
            throw new BadMessageException(414, "method and target longer than the limit");
        }
        if (!isToken(head.method())) {
            throw new BadMessageException("a method that is no token");
        }
        checkTarget(head.target());
        checkFields(head.headers(), limits);
        if (head.version() == HttpVersion.HTTP_2) {
            checkHopByHop(head.headers());
            if (!"http".equals(scheme) && !"https".equals(scheme)) {
                throw new BadMessageException("a scheme that is not HTTP's");
            }
        }
    }

    /**
     * Checks the fields of a head or of a trailer section.
     *
     * @throws BadMessageException with 431 if they break {@code limits}, with 400 if they are malformed
     */
    public static void checkFields(Headers fields, MessageLimits limits) throws BadMessageException {
        Check check = checked(fields);
        if (check.count > limits.headerFields() || check.bytes > limits.headerBytes()) {
            throw new BadMessageException(431, "header fields beyond the limit");
        }
    }

    /**
     * Checks the fields of a head or of a trailer section whose reader keeps the limits.
     *
     * @throws BadMessageException with 400 if they are malformed
     */
    public static void checkFields(Headers fields) throws BadMessageException {
        checked(fields);
    }

    /**
     * Checks a trailer section that came by HTTP/2, whose reader keeps the limits (RFC 9113 sections 8.2.1 and 8.2.2).
     *
     * @throws BadMessageException with 400 if it is malformed
     */
    public static void checkStreamTrailers(Headers trailers) throws BadMessageException {
        Check check = checked(trailers);
        if (check.upperCase) {
            throw new BadMessageException("a field name in upper case in HTTP/2");
        }
        checkHopByHop(trailers);
    }

    /**
     * Checks the fields that an upstream has sent on a stream of HTTP/2: of an answer, or of its trailer section.
     *
     * @throws BadMessageException with 431 if they break {@code limits}, with 400 if they are malformed
     */
    public static void checkStream(Headers fields, MessageLimits limits) throws BadMessageException {
        checkFields(fields, limits);
        checkHopByHop(fields);
    }

    private static Check checked(Headers fields) throws BadMessageException {
        Check check = new Check();
        fields.forEach(check);
        if (check.problem != null) {
            throw new BadMessageException(check.problem);
        }
        return check;
    }

    /** Looks at one field after another. */
    private static final class Check implements Headers.Visitor {
        private @Nullable String problem;
        private boolean upperCase;
        private int count;
        private long bytes;

        @Override
        public void field(CharSequence name, CharSequence value) {
            count++;
            bytes += name.length() + value.length() + 4;
            upperCase |= hasUpperCase(name);
            if (!isToken(name)) {
                problem = "a field name that is no token";
            } else if (!isText(value)) {
                problem = "a control character in a field value";
            } else if (!value.isEmpty() && (isBlank(value, 0) || isBlank(value, value.length() - 1))) {
                problem = "blanks around a field value";
            }
        }
    }

    private static boolean isToken(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xff || !Grammar.isToken((byte) text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static boolean hasUpperCase(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 'A' && text.charAt(i) <= 'Z') {
                return true;
            }
        }
        return false;
    }

    private static boolean isText(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xff || !Grammar.isText((byte) text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isBlank(CharSequence text, int at) {
        return text.charAt(at) == ' ' || text.charAt(at) == '\t';
    }

    private static void checkTarget(String target) throws BadMessageException {
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c == 0x7f || c > 0xff) {
                throw new BadMessageException("a blank or a control character in the target");
            }
        }
    }

    /** RFC 9113 section 8.2.2. */
    private static void checkHopByHop(Headers fields) throws BadMessageException {
        boolean hopByHop = fields.get("connection") != null
                || fields.get("keep-alive") != null
                || fields.get("proxy-connection") != null
                || fields.get("transfer-encoding") != null
                || fields.get("upgrade") != null;
        String te = fields.get("te");
        if (hopByHop || te != null && !te.equalsIgnoreCase("trailers")) {
            throw new BadMessageException("a hop-by-hop field in HTTP/2");
        }
    }
}
