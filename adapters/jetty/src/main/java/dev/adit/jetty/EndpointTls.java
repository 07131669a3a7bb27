package dev.adit.jetty;

import dev.adit.balancer.Endpoint;
import dev.adit.tls.ClientTls;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/** Where Jetty gets the engine of one connection to an endpoint: it takes engines from nothing but such factories. */
final class EndpointTls extends SslContextFactory.Client {
    /** The endpoint's certificate did not stand up to verification. */
    static final class UntrustedException extends IOException {
        private static final long serialVersionUID = 1L;

        UntrustedException(String reason) {
            super(reason);
        }
    }

    private final ClientTls tls;
    private final Endpoint endpoint;
    private volatile @Nullable SSLEngine engine;

    EndpointTls(ClientTls tls, Endpoint endpoint) {
        this.tls = tls;
        this.endpoint = endpoint;
    }

    @Override
    public SSLEngine newSSLEngine() {
        SSLEngine made = tls.newEngine(endpoint.host(), endpoint.port(), List.of());
        engine = made;
        return made;
    }

    /** An engine for the endpoint: it is that which has a name, not the address that Jetty connects to. */
    @Override
    public SSLEngine newSSLEngine(String host, int port) {
        return newSSLEngine();
    }

    /** What a connection failed for: {@code cause}, which Jetty knows, or what only the engine does. */
    Throwable explain(Throwable cause) {
        SSLEngine used = engine;
        String distrust = used == null ? null : tls.distrust(used);
        return distrust == null ? cause : new UntrustedException(Objects.requireNonNull(distrust));
    }
}
