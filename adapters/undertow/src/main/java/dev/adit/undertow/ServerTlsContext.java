package dev.adit.undertow;

import dev.adit.tls.ServerTls;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A context whose engines are those of {@link ServerTls}: Undertow makes its engines from a context, and there is no other
 * place where it would take the matcher that binds a session to its name.
 */
final class ServerTlsContext extends SSLContext {
    ServerTlsContext(ServerTls tls, List<String> applicationProtocols) {
        super(new Spi(tls, applicationProtocols), tls.context().getProvider(), "TLS");
    }

    private static final class Spi extends SSLContextSpi {
        private final ServerTls tls;
        private final List<String> applicationProtocols;

        Spi(ServerTls tls, List<String> applicationProtocols) {
            this.tls = tls;
            this.applicationProtocols = applicationProtocols;
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return tls.newEngine(applicationProtocols);
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return tls.newEngine(applicationProtocols);
        }

        @Override
        protected void engineInit(
                KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, @Nullable SecureRandom random)
                throws KeyManagementException {
            throw new KeyManagementException("is initialised");
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            throw new UnsupportedOperationException("only engines");
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            throw new UnsupportedOperationException("only engines");
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            return tls.context().getServerSessionContext();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            return tls.context().getClientSessionContext();
        }

        @Override
        protected SSLParameters engineGetDefaultSSLParameters() {
            return tls.parameters(applicationProtocols);
        }

        @Override
        protected SSLParameters engineGetSupportedSSLParameters() {
            return tls.context().getSupportedSSLParameters();
        }
    }
}
