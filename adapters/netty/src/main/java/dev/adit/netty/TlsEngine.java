package dev.adit.netty;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;

/**
 * Which library encrypts clients' connections. Either has the same protocol versions, cipher suites, ALPN names and certificates, and
 * resumes sessions only for the server name they were made for; OpenSSL takes far less processor time for a handshake.
 */
public enum TlsEngine {
    /** {@link #OPENSSL} where it works, else {@link #JDK}. */
    AUTO,
    /** The Java platform's own. */
    JDK,
    /**
     * OpenSSL or BoringSSL by way of netty-tcnative, which must be on the class path together with the native library for this platform,
     * for instance {@code io.netty:netty-tcnative-boringssl-static} with the classifier {@code linux-x86_64}. Certificates with keys other
     * than RSA and ECDSA are still served by the JDK's.
     */
    OPENSSL;

    /** Whether it works here: OpenSSL only where its library loads and has TLS 1.3 and ALPN, the others everywhere. */
    public boolean isAvailable() {
        return this != OPENSSL
                || (OpenSsl.isAvailable()
                        && OpenSsl.supportsKeyManagerFactory()
                        && SslProvider.isAlpnSupported(SslProvider.OPENSSL_REFCNT)
                        && SslProvider.isTlsv13Supported(SslProvider.OPENSSL_REFCNT));
    }

    /**
     * Decides.
     *
     * @return {@link #JDK} or {@link #OPENSSL}
     * @throws IllegalStateException if OpenSSL was asked for and does not work here
     */
    TlsEngine resolve() {
        if (!isAvailable()) {
            throw new IllegalStateException(
                    "OpenSSL is missing, or lacks TLS 1.3 or ALPN: netty-tcnative and its native library must be there",
                    OpenSsl.unavailabilityCause());
        }
        return this == AUTO ? OPENSSL.isAvailable() ? OPENSSL : JDK : this;
    }
}
