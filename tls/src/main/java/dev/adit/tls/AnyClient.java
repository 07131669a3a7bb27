package dev.adit.tls;

import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A server's trust manager that takes whatever clients show: the handshake proves that they have the key, and whether the certificate is
 * believed is decided for each request, by the host that it asks for. Clients are only asked where a {@link ClientAuthority} decides.
 */
public final class AnyClient extends X509ExtendedTrustManager {
    private final X509Certificate[] named;

    /** @param named whom clients are told about, so that they choose a certificate that is of use; empty for nobody */
    public AnyClient(List<X509Certificate> named) {
        this.named = named.toArray(X509Certificate[]::new);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine) {}

    /** Never: this is a server's. */
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
        throw new UnsupportedOperationException("a server's trust manager");
    }

    /** Never: this is a server's. */
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket) {
        throw new UnsupportedOperationException("a server's trust manager");
    }

    /** Never: this is a server's. */
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine) {
        throw new UnsupportedOperationException("a server's trust manager");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return named.clone();
    }
}
