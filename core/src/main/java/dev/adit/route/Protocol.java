package dev.adit.route;

/** What an upstream speaks. */
public enum Protocol {
    /** HTTP/1.1 in clear text. */
    HTTP(false, false),
    /** HTTP/1.1 over TLS. */
    HTTPS(false, true),
    /** HTTP/2 in clear text, with prior knowledge (RFC 9113 section 3.3). */
    H2C(true, false),
    /** HTTP/2 over TLS; an endpoint that does not agree to it by ALPN cannot be talked to (RFC 9113 section 3.2). */
    H2(true, true);

    private final boolean http2;
    private final boolean secure;

    Protocol(boolean http2, boolean secure) {
        this.http2 = http2;
        this.secure = secure;
    }

    /** Whether it is HTTP/2, secure or not. */
    public boolean isHttp2() {
        return http2;
    }

    /** Whether it goes over TLS. */
    public boolean isSecure() {
        return secure;
    }
}
