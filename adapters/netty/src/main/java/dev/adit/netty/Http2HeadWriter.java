package dev.adit.netty;

import dev.adit.exchange.RequestSink;
import dev.adit.exchange.ResponseSink;
import dev.adit.exchange.Trailers;
import dev.adit.wire.Fields;
import dev.adit.wire.Framing;
import dev.adit.wire.Octets;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** Writes message heads, one after another, as HTTP/2 wants them: names in lower case, pseudo-header fields first. */
final class Http2HeadWriter implements RequestSink, ResponseSink {
    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");
    private static final AsciiString DATE = AsciiString.cached("date");
    private static final AsciiString HOST = AsciiString.cached("host");
    private static final AsciiString HTTP = AsciiString.cached("http");
    private static final AsciiString HTTPS = AsciiString.cached("https");
    private static final AsciiString PROTOCOL = Http2Headers.PseudoHeaderName.PROTOCOL.value();
    private static final AsciiString TRAILER = AsciiString.cached("trailer");
    private static final AsciiString[] STATUSES = new AsciiString[600];

    static {
        for (int status = 100; status < 600; status++) {
            STATUSES[status] = AsciiString.cached(Integer.toString(status));
        }
    }

    private final Loop loop;
    private Http2Headers headers = new DefaultHttp2Headers(false);
    private boolean request;

    Http2HeadWriter(Loop loop) {
        this.loop = loop;
    }

    @Override
    public void start(String method, String target) {
        request = true;
        headers = new DefaultHttp2Headers(false);
        headers.method(text(method)).path(text(target));
    }

    @Override
    public void start(int status) {
        request = false;
        headers = new DefaultHttp2Headers(false);
        headers.status(STATUSES[status]);
    }

    @Override
    public void field(CharSequence name, CharSequence value) {
        AsciiString lower = text(name).toLowerCase();
        if (request && lower.contentEquals(HOST)) {
            if (!value.isEmpty()) {
                headers.authority(text(value));
            }
        } else {
            headers.add(lower, text(value));
        }
    }

    /**
     * Declares the length of the body where it is known; that there is none needs no words if the other side had none.
     *
     * @param source fields of the message that is passed on: which trailers it announced; or null
     */
    void framing(Framing framing, @Nullable Fields source) {
        if (framing.kind() == Framing.Kind.LENGTH
                && (framing.length() > 0 || source == null || source.find("content-length", 0) >= 0)) {
            headers.add(CONTENT_LENGTH, AsciiString.of(Long.toString(framing.length())));
        } else if (framing.kind() == Framing.Kind.CHUNKED && source != null) {
            String trailer = source.get("trailer");
            if (trailer != null) {
                headers.add(TRAILER, text(trailer));
            }
        }
    }

    /** Says in a request how it reaches the endpoint. */
    void scheme(boolean secure) {
        headers.scheme(secure ? HTTPS : HTTP);
    }

    /** Whether it is an extended CONNECT. */
    boolean isConnect() {
        return headers.contains(PROTOCOL);
    }

    /** Adds {@code date} to a response that has none. */
    void date() {
        if (!headers.contains(DATE)) {
            headers.add(DATE, new AsciiString(loop.date(), false));
        }
    }

    /** The finished head. */
    Http2Headers end() {
        return headers;
    }

    /** The trailer fields that may pass. */
    static Http2Headers trailers(Fields fields) {
        Http2Headers trailers = new DefaultHttp2Headers(false);
        fields.forEach((name, value) -> {
            if (Trailers.mayPass(name)) {
                trailers.add(text(name).toLowerCase(), text(value));
            }
        });
        return trailers;
    }

    /** A copy of the octets of {@code text}. */
    private static AsciiString text(CharSequence text) {
        int n = text.length();
        if (text instanceof Octets octets) {
            return new AsciiString(octets.array(), octets.offset(), n, true);
        }
        byte[] bytes = new byte[n];
        for (int i = 0; i < n; i++) {
            char c = text.charAt(i);
            if (c == '\r' || c == '\n' || c == 0 || c > 0xff) {
                // Fail closed: what would be read as another line, or not at all, is never sent.
                throw new IllegalArgumentException("a character that no header field can carry");
            }
            bytes[i] = (byte) c;
        }
        return new AsciiString(bytes, false);
    }
}
