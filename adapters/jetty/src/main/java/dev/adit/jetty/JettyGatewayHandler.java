package dev.adit.jetty;

import dev.adit.Gateway;
import dev.adit.exchange.ClientConnection;
import dev.adit.exchange.TransportLimits;
import dev.adit.wire.BadMessageException;
import java.util.Objects;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Serves a gateway in somebody's own Jetty server, beside other handlers. It answers every request that it is given, 404
 * where no route does, so it stands last:
 *
 * <pre>{@code
 * HttpConfiguration http = JettyGatewayHandler.configure(new HttpConfiguration());
 * Server server = new Server();
 * server.addConnector(new ServerConnector(server, new HttpConnectionFactory(http)));
 * server.setHandler(new Handler.Sequence(ownHandler, new JettyGatewayHandler(gateway)));
 * server.start();
 * }</pre>
 *
 * It uses the server's threads, scheduler and buffers, blocks none of them, and brings a client of its own for upstreams,
 * which lives from the handler's start to its stop. Safe for any number of threads.
 */
public final class JettyGatewayHandler extends Handler.Abstract.NonBlocking {
    private static final String CONNECTION = JettyGatewayHandler.class.getName() + ".connection";

    private final Gateway gateway;
    private final TransportLimits limits;
    private @Nullable Engine engine;

    /** A handler with default limits. */
    public JettyGatewayHandler(Gateway gateway) {
        this(gateway, TransportLimits.DEFAULT);
    }

    /**
     * A handler. Of the limits, those on streams, handshakes, the time of heads and bodies, sending and idle connections are
     * the connectors' to keep: those of a {@link JettyGateway} do.
     */
    public JettyGatewayHandler(Gateway gateway, TransportLimits limits) {
        this.gateway = Objects.requireNonNull(gateway);
        this.limits = Objects.requireNonNull(limits);
    }

    /**
     * Makes a connector hand on every target as it came, for the gateway refuses what has two readings and must see it.
     * Framing stays strict (RFC 9112). Without this Jetty itself answers 400 to much that an Ingress may route, {@code //}
     * and {@code %2F} among it.
     *
     * @return {@code configuration}
     */
    public static HttpConfiguration configure(HttpConfiguration configuration) {
        configuration.setUriCompliance(UriCompliance.UNSAFE);
        configuration.setHttpCompliance(HttpCompliance.STRICT.with(
                "adit", HttpCompliance.Violation.MISMATCHED_AUTHORITY, HttpCompliance.Violation.UNSAFE_HOST_HEADER));
        configuration.setSendServerVersion(false);
        return configuration;
    }

    @Override
    protected void doStart() throws Exception {
        Engine made = new Engine(
                gateway,
                limits,
                getServer().getThreadPool(),
                getServer().getScheduler(),
                getServer().getByteBufferPool());
        addManaged(made.upstreams);
        engine = made;
        super.doStart();
        gateway.probes().start(made.prober);
    }

    @Override
    protected void doStop() throws Exception {
        Engine used = engine();
        gateway.probes().stop(used.prober);
        used.stop();
        super.doStop();
        removeBean(used.upstreams);
    }

    /** What is there since the handler was started. */
    Engine engine() {
        return Objects.requireNonNull(engine);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        try {
            ServedRequest client = new ServedRequest(engine(), request, response, callback);
            ExchangeDriver driver = new ExchangeDriver(engine(), client, connection(request));
            client.listenFor(driver);
            client.events().run(driver::start);
        } catch (BadMessageException e) {
            refuse(request, response, callback, e.status());
        }
        return true;
    }

    private static void refuse(Request request, Response response, Callback callback, int status) {
        if (request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2) {
            response.getHeaders().put(HttpFields.CONNECTION_CLOSE);
        }
        Response.writeError(request, response, callback, status);
    }

    private ClientConnection connection(Request request) {
        ConnectionMetaData data = request.getConnectionMetaData();
        if (data.getAttribute(CONNECTION) instanceof ClientConnection known) {
            return known;
        }
        ClientConnection made = Clients.describe(gateway, data.getConnection().getEndPoint());
        data.setAttribute(CONNECTION, made);
        return made;
    }
}
