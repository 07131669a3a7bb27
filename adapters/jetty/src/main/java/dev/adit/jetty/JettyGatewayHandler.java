package dev.adit.jetty;

import dev.adit.Gateway;
import dev.adit.exchange.ClientConnection;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.EndPoint;
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
    private final JettyLimits limits;
    private @Nullable UpstreamClient client;

    /** A handler with default limits. */
    public JettyGatewayHandler(Gateway gateway) {
        this(gateway, JettyLimits.DEFAULT);
    }

    /**
     * A handler. Of the limits, {@code headerBytes} of requests, {@code streams} and {@code idle} are the connectors' to
     * keep: those of a {@link JettyGateway} do.
     */
    public JettyGatewayHandler(Gateway gateway, JettyLimits limits) {
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
        UpstreamClient upstreams = new UpstreamClient(
                limits,
                getServer().getThreadPool(),
                getServer().getScheduler(),
                getServer().getByteBufferPool());
        addManaged(upstreams);
        client = upstreams;
        super.doStart();
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        removeBean(client);
        client = null;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int refusal = refusal(request);
        if (refusal != 0) {
            response.getHeaders().put(HttpFields.CONNECTION_CLOSE);
            Response.writeError(request, response, callback, refusal);
            return true;
        }
        UpstreamClient upstreams = Objects.requireNonNull(client);
        new ExchangeDriver(gateway, upstreams, limits, connection(request), request, response, callback).start();
        return true;
    }

    /** The status of what Jetty lets through and must not be, or 0. */
    private int refusal(Request request) {
        HttpFields fields = request.getHeaders();
        if (fields.size() > limits.headerFields()) {
            return 431;
        }
        return isCodedOddly(request, fields) ? 400 : 0;
    }

    /** Whether the body is coded by one reading, and not by another (RFC 9112 section 6.1). */
    private static boolean isCodedOddly(Request request, HttpFields fields) {
        HttpField coding = fields.getField(HttpHeader.TRANSFER_ENCODING);
        if (coding == null) {
            return false;
        }
        HttpVersion version = request.getConnectionMetaData().getHttpVersion();
        String value = coding.getValue();
        boolean chunked = value != null && value.strip().equalsIgnoreCase("chunked");
        return version != HttpVersion.HTTP_1_1
                || !chunked
                || fields.getFields(HttpHeader.TRANSFER_ENCODING).size() > 1;
    }

    private ClientConnection connection(Request request) {
        ConnectionMetaData data = request.getConnectionMetaData();
        if (data.getAttribute(CONNECTION) instanceof ClientConnection known) {
            return known;
        }
        ClientConnection made = gateway.connection(
                Request.getRemoteAddr(request),
                data.isSecure(),
                Request.getLocalPort(request),
                serverName(data.getConnection().getEndPoint()));
        data.setAttribute(CONNECTION, made);
        return made;
    }

    private static @Nullable String serverName(EndPoint endPoint) {
        EndPoint.SslSessionData tls = endPoint.getSslSessionData();
        if (tls != null && tls.sslSession() instanceof ExtendedSSLSession session) {
            List<SNIServerName> names = session.getRequestedServerNames();
            for (SNIServerName name : names) {
                if (name instanceof SNIHostName host) {
                    return host.getAsciiName();
                }
            }
        }
        return null;
    }
}
