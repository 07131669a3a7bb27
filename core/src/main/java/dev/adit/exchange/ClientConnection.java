package dev.adit.exchange;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a client's connection; made once per connection by {@link ExchangeFactory#connection}. Immutable but for what it
 * remembers of its client's certificate; safe for any number of threads.
 */
public final class ClientConnection {
    private final String address;
    private final boolean trusted;
    private final boolean secure;
    private final int localPort;
    private final @Nullable String serverName;
    private final ClientCertificate certificate;
    private final Client direct;

    ClientConnection(
            String address,
            boolean trusted,
            boolean secure,
            int localPort,
            @Nullable String serverName,
            ClientCertificate certificate) {
        this.address = address;
        this.trusted = trusted;
        this.secure = secure;
        this.localPort = localPort;
        this.serverName = serverName;
        this.certificate = certificate;
        this.direct = Client.direct(address, secure, localPort);
    }

    /** The peer's IP address in canonical text, without brackets and zone; {@code unknown} if it has none. */
    public String address() {
        return address;
    }

    /** Whether the peer is a trusted proxy. */
    public boolean trusted() {
        return trusted;
    }

    /** Whether the connection is TLS. */
    public boolean secure() {
        return secure;
    }

    /** The local port the client connected to. */
    public int localPort() {
        return localPort;
    }

    /** The server name of the TLS hello, or null. */
    public @Nullable String serverName() {
        return serverName;
    }

    /** What the client showed in its handshake. */
    ClientCertificate certificate() {
        return certificate;
    }

    static @Nullable String serverName(SSLSession tls) {
        if (tls instanceof ExtendedSSLSession session) {
            for (SNIServerName name : session.getRequestedServerNames()) {
                if (name instanceof SNIHostName host) {
                    return host.getAsciiName();
                }
            }
        }
        return null;
    }

    /** The client if the peer is believed in nothing. */
    Client direct() {
        return direct;
    }
}
