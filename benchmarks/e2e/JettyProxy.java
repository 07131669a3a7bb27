import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.proxy.ProxyHandler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Jetty's own reverse proxy, to compare with: HTTP port, HTTPS port, backend port, PKCS #12 file with password "bench". */
final class JettyProxy {
    public static void main(String[] args) throws Exception {
        Server server = new Server();
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        listen(new ServerConnector(server, new HttpConnectionFactory(http)), args[0]);
        HttpConfiguration https = new HttpConfiguration(http);
        https.addCustomizer(new SecureRequestCustomizer(false));
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setKeyStorePath(args[3]);
        tls.setKeyStorePassword("bench");
        listen(
                new ServerConnector(
                        server, new SslConnectionFactory(tls, "http/1.1"), new HttpConnectionFactory(https)),
                args[1]);
        HttpURI backend = HttpURI.from("http://127.0.0.1:" + args[2]);
        ProxyHandler.Reverse proxy = new ProxyHandler.Reverse(request ->
                HttpURI.build(backend).pathQuery(request.getHttpURI().getPathQuery()));
        server.setHandler(proxy);
        server.start();
        proxy.getHttpClient().setMaxConnectionsPerDestination(256);
    }

    private static void listen(ServerConnector connector, String port) {
        connector.setHost("127.0.0.1");
        connector.setPort(Integer.parseInt(port));
        connector.setAcceptQueueSize(4096);
        connector.getServer().addConnector(connector);
    }
}
