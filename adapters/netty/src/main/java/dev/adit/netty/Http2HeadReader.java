package dev.adit.netty;

import dev.adit.exchange.TransportLimits;
import dev.adit.wire.BadMessageException;
import dev.adit.wire.Fields;
import dev.adit.wire.Grammar;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns decoded header blocks (RFC 9113 section 8) into {@link Fields}. Takes nothing that could be read in another way once
 * it is written as HTTP/1.1: names are lower-case tokens, values have no control characters and no blanks around them, each
 * pseudo-header field is there once.
 */
final class Http2HeadReader {
    private static final String COOKIE = "cookie";

    private final TransportLimits limits;
    private final Fields fields;
    private @Nullable String method;
    private @Nullable String scheme;
    private @Nullable String authority;
    private @Nullable String path;
    private @Nullable String protocol;
    private @Nullable String status;
    private int cookies;

    private Http2HeadReader(Http2Headers headers, TransportLimits limits) throws BadMessageException {
        this.limits = limits;
        int length = 0;
        for (Map.Entry<CharSequence, CharSequence> header : headers) {
            length += header.getKey().length() + header.getValue().length() + 2;
        }
        fields = new Fields(length, Math.min(headers.size(), limits.headerFields()));
        for (Map.Entry<CharSequence, CharSequence> header : headers) {
            read(header.getKey(), header.getValue());
        }
        if (cookies > 0) {
            joinCookies(headers);
        }
    }

    /** @throws BadMessageException with 414 or 431 if it breaks a limit, with 400 if it is malformed */
    static Http2Request request(Http2Headers headers, TransportLimits limits) throws BadMessageException {
        Http2HeadReader reader = new Http2HeadReader(headers, limits);
        String method = reader.method;
        boolean extended = reader.protocol != null;
        boolean connect = "CONNECT".equals(method) && !extended;
        String target = connect ? reader.authority : reader.path;
        if (method == null || target == null || target.isEmpty() || reader.status != null) {
            throw malformed("a pseudo-header field that is missing or not a request's");
        }
        if (connect && (reader.scheme != null || reader.path != null) || extended && !method.equals("CONNECT")) {
            throw malformed("a pseudo-header field that does not go with its method");
        }
        if (!connect && !"http".equals(reader.scheme) && !"https".equals(reader.scheme)) {
            throw malformed("a scheme that is not HTTP's");
        }
        if (method.length() + target.length() > limits.requestLineBytes()) {
            throw new BadMessageException(414, "method and path longer than the limit");
        }
        return new Http2Request(method, target, reader.authority, reader.protocol, reader.fields);
    }

    /** @throws BadMessageException if it is malformed or breaks a limit */
    static Http2Response response(Http2Headers headers, TransportLimits limits) throws BadMessageException {
        Http2HeadReader reader = new Http2HeadReader(headers, limits);
        String status = reader.status;
        if (status == null || !status.matches("[1-5][0-9][0-9]") || reader.hasRequestPart()) {
            throw malformed("no status");
        }
        return new Http2Response(Integer.parseInt(status), reader.fields);
    }

    /** @throws BadMessageException if they are malformed or break a limit */
    static Fields trailers(Http2Headers headers, TransportLimits limits) throws BadMessageException {
        Http2HeadReader reader = new Http2HeadReader(headers, limits);
        if (reader.hasRequestPart() || reader.status != null) {
            throw malformed("a pseudo-header field in a trailer section");
        }
        return reader.fields;
    }

    private boolean hasRequestPart() {
        return method != null || scheme != null || authority != null || path != null || protocol != null;
    }

    private void read(CharSequence name, CharSequence value) throws BadMessageException {
        if (!name.isEmpty() && name.charAt(0) == ':') {
            pseudo(name.toString(), target(value));
            return;
        }
        if (AsciiString.contentEquals(name, COOKIE)) {
            cookies++;
            return;
        }
        startField();
        int start = fields.length();
        append(name);
        checkName(start, fields.length());
        int from = fields.length();
        append(value);
        checkValue(from, fields.length());
        fields.add(start, from);
    }

    private void append(CharSequence text) {
        if (text instanceof AsciiString ascii) {
            fields.append(ascii.array(), ascii.arrayOffset(), ascii.length());
        } else {
            fields.append(text);
        }
    }

    private void startField() throws BadMessageException {
        if (fields.size() == limits.headerFields()) {
            throw new BadMessageException(431, "more header fields than the limit");
        }
    }

    private void pseudo(String name, String value) throws BadMessageException {
        switch (name) {
            case ":method" -> method = once(method, value);
            case ":scheme" -> scheme = once(scheme, value);
            case ":authority" -> authority = once(authority, value);
            case ":path" -> path = once(path, value);
            case ":protocol" -> protocol = once(protocol, value);
            case ":status" -> status = once(status, value);
            default -> throw malformed("an unknown pseudo-header field");
        }
    }

    private static String once(@Nullable String known, String value) throws BadMessageException {
        if (known != null) {
            throw malformed("a pseudo-header field that is there twice");
        }
        return value;
    }

    /** What will stand in a request line: no blanks, no control characters. */
    private static String target(CharSequence value) throws BadMessageException {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c == 0x7f) {
                throw malformed("a blank or a control character in a pseudo-header field");
            }
        }
        return value.toString();
    }

    private void checkName(int start, int end) throws BadMessageException {
        for (int i = start; i < end; i++) {
            byte b = fields.octet(i);
            if (!Grammar.isToken(b) || b >= 'A' && b <= 'Z') {
                throw malformed("a field name that is not a lower-case token");
            }
        }
        if (start == end) {
            throw malformed("an empty field name");
        }
    }

    private void checkValue(int start, int end) throws BadMessageException {
        for (int i = start; i < end; i++) {
            if (!Grammar.isText(fields.octet(i))) {
                throw malformed("a control character in a field value");
            }
        }
        if (start < end && (fields.octet(start) <= ' ' && fields.octet(start) >= 0 || isBlank(fields.octet(end - 1)))) {
            throw malformed("blanks around a field value");
        }
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    /** RFC 9113 section 8.2.3: several fields of HTTP/2 are one of HTTP/1.1. */
    private void joinCookies(Http2Headers headers) throws BadMessageException {
        startField();
        int start = fields.length();
        fields.append(COOKIE);
        int from = fields.length();
        for (CharSequence cookie : headers.getAll(COOKIE)) {
            if (fields.length() > from) {
                fields.append("; ");
            }
            int value = fields.length();
            append(cookie);
            checkValue(value, fields.length());
        }
        fields.add(start, from);
    }

    private static BadMessageException malformed(String reason) {
        return new BadMessageException(400, reason);
    }
}
