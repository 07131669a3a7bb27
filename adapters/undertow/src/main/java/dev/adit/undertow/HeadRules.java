package dev.adit.undertow;

import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.TransportLimits;
import dev.adit.wire.BadMessageException;
import dev.adit.wire.Framing;
import dev.adit.wire.Grammar;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.HttpString;
import java.util.Locale;

/**
 * What heads that no guard has read may not hold. Undertow decodes the fields of HTTP/2 without a look at their octets: a line
 * break in a value would make two fields of it, or two messages, once it is written as HTTP/1.1 (RFC 9113 sections 8.2.1 and
 * 10.3).
 */
final class HeadRules {
    private HeadRules() {}

    /** @throws BadMessageException with 414 if its first line would be too long, with 400 if it is malformed */
    static void check(HttpServerExchange exchange, RequestView head, TransportLimits limits)
            throws BadMessageException {
        checkToken(head.method());
        checkTarget(head.target());
        checkFields(head.headers().map());
        if (head.method().length() + head.target().length() > limits.requestLineBytes()) {
            throw new BadMessageException(414, "method and target longer than the limit");
        }
        if (head.version() != HttpVersion.HTTP_2) {
            Framing.ofRequest(head);
            return;
        }
        checkHopByHop(head.headers().map());
        String scheme = exchange.getRequestScheme();
        if (!"http".equals(scheme) && !"https".equals(scheme)) {
            throw new BadMessageException("a scheme that is not HTTP's");
        }
        boolean ended = exchange.isRequestComplete();
        if (!Framing.ofStream(head.headers(), head.method(), ended).isBodiless() && ended) {
            throw new BadMessageException("a length of a body that does not follow");
        }
    }

    /** @throws BadMessageException if the fields of a head or of a trailer section are malformed */
    static void checkFields(HeaderMap fields) throws BadMessageException {
        for (HeaderValues values : fields) {
            checkToken(values.getHeaderName().toString());
            for (int i = 0; i < values.size(); i++) {
                checkValue(values.get(i));
            }
        }
    }

    private static void checkToken(String text) throws BadMessageException {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > 0xff || !Grammar.isToken((byte) c)) {
                throw new BadMessageException("a method or a field's name that is no token");
            }
        }
        if (text.isEmpty()) {
            throw new BadMessageException("an empty method or name of a field");
        }
    }

    private static void checkTarget(String target) throws BadMessageException {
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c == 0x7f) {
                throw new BadMessageException("a blank or a control character in the target");
            }
        }
    }

    private static void checkValue(String value) throws BadMessageException {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c > 0xff || !Grammar.isText((byte) c)) {
                throw new BadMessageException("a control character in a field's value");
            }
        }
        if (value.length() != value.strip().length()) {
            throw new BadMessageException("blanks around a field's value");
        }
    }

    /** RFC 9113 section 8.2.2. */
    private static void checkHopByHop(HeaderMap fields) throws BadMessageException {
        for (HttpString name : fields.getHeaderNames()) {
            boolean hopByHop = switch (name.toString().toLowerCase(Locale.ROOT)) {
                case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade" -> true;
                case "te" -> !fields.getFirst(name).equalsIgnoreCase("trailers");
                default -> false;
            };
            if (hopByHop) {
                throw new BadMessageException("a hop-by-hop field in HTTP/2");
            }
        }
    }
}
