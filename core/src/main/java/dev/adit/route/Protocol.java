package dev.adit.route;

import dev.adit.tls.ClientTls;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an upstream speaks. Connections of one protocol are never used for another: two that differ only in their TLS are two.
 *
 * @param isHttp2 whether it is HTTP/2, with prior knowledge (RFC 9113 section 3.3) or agreed on by ALPN: an endpoint that does not agree
 *     cannot be talked to (RFC 9113 section 3.2); otherwise HTTP/1.1
 * @param tls how TLS is spoken, or null for clear text
 */
public record Protocol(boolean isHttp2, @Nullable ClientTls tls) {
    /** HTTP/1.1 in clear text. */
    public static final Protocol HTTP = new Protocol(false, null);
    /** HTTP/1.1 over TLS, whatever certificate the endpoint shows. */
    public static final Protocol HTTPS = new Protocol(false, ClientTls.UNVERIFIED);
    /** HTTP/2 in clear text. */
    public static final Protocol H2C = new Protocol(true, null);
    /** HTTP/2 over TLS, whatever certificate the endpoint shows. */
    public static final Protocol H2 = new Protocol(true, ClientTls.UNVERIFIED);

    /**
     * How many requests one connection is taken to carry at once. An endpoint of HTTP/2 should allow no fewer than a hundred
     * (RFC 9113 section 6.5.2).
     */
    public int requestsAtOnce() {
        return isHttp2 ? 100 : 1;
    }

    /** Whether it goes over TLS. */
    public boolean isSecure() {
        return tls != null;
    }

    /** The same over another TLS. */
    public Protocol with(ClientTls other) {
        return new Protocol(isHttp2, Objects.requireNonNull(other));
    }

    /** The same over the TLS of another that is secure. */
    public Protocol withTlsOf(Protocol other) {
        return with(Objects.requireNonNull(other.tls));
    }

    /** {@code http}, {@code https}, {@code h2c} or {@code h2}. */
    public String id() {
        if (isHttp2) {
            return isSecure() ? "h2" : "h2c";
        }
        return isSecure() ? "https" : "http";
    }

    /** The {@link #id} in capitals, and what is special about its TLS. */
    @Override
    public String toString() {
        String name = id().toUpperCase(Locale.ROOT);
        return tls == null || tls == ClientTls.UNVERIFIED ? name : name + " " + tls;
    }
}
