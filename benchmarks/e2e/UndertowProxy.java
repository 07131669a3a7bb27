import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.handlers.proxy.LoadBalancingProxyClient;
import io.undertow.server.handlers.proxy.ProxyHandler;
import java.io.FileInputStream;
import java.io.InputStream;
import java.net.URI;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Undertow's own reverse proxy, to compare with: HTTP port, HTTPS port, backend port, PKCS #12 file with password "bench". */
final class UndertowProxy {
    public static void main(String[] args) throws Exception {
        LoadBalancingProxyClient backend = new LoadBalancingProxyClient()
                .addHost(URI.create("http://127.0.0.1:" + args[2]))
                .setConnectionsPerThread(256)
                .setSoftMaxConnectionsPerThread(256)
                .setMaxQueueSize(4096);
        Undertow.builder()
                .setIoThreads(Runtime.getRuntime().availableProcessors())
                .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, -1L)
                .addHttpListener(Integer.parseInt(args[0]), "127.0.0.1")
                .addHttpsListener(Integer.parseInt(args[1]), "127.0.0.1", tls(args[3]))
                .setHandler(ProxyHandler.builder()
                        .setProxyClient(backend)
                        .setMaxRequestTime(30_000)
                        .build())
                .build()
                .start();
    }

    private static SSLContext tls(String file) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = new FileInputStream(file)) {
            keys.load(in, "bench".toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, "bench".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }
}
