package dev.adit.jetty;

import dev.adit.balancer.Endpoint;
import dev.adit.route.Protocol;
import java.util.List;
import java.util.concurrent.Executor;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Origin;
import org.eclipse.jetty.client.transport.HttpClientConnectionFactory;
import org.eclipse.jetty.client.transport.HttpClientTransportDynamic;
import org.eclipse.jetty.client.transport.HttpDestination;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.client.transport.ClientConnectionFactoryOverHTTP2;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.eclipse.jetty.util.thread.Scheduler;

/** Jetty's client without all that a browser wants: no redirects, cookies, credentials, decoding, fields of its own. */
final class UpstreamClient extends HttpClient {
    /** A route's own time to connect is shorter; this one ends what nobody waits for any more. */
    private static final long CONNECT_TIMEOUT_MILLIS = 60_000;

    private static final long FORGET_ENDPOINT_MILLIS = 60_000;

    private static final Origin.Protocol HTTP_1_1 = new Origin.Protocol(List.of("http/1.1"), false);
    private static final Origin.Protocol H2C = new Origin.Protocol(List.of("h2c"), false);
    private static final Origin.Protocol H2 = new Origin.Protocol(List.of("h2"), true);

    UpstreamClient(JettyLimits limits, Executor executor, Scheduler scheduler, ByteBufferPool buffers) {
        super(transport(limits, executor, scheduler, buffers));
        setName("adit-upstream");
        setExecutor(executor);
        setScheduler(scheduler);
        setByteBufferPool(buffers);
        setHttpCompliance(HttpCompliance.STRICT);
        setFollowRedirects(false);
        setHttpCookieStore(new HttpCookieStore.Empty());
        setUserAgentField(null);
        setDefaultRequestContentType(null);
        setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
        setIdleTimeout(limits.upstreamIdle().toMillis());
        setDestinationIdleTimeout(FORGET_ENDPOINT_MILLIS);
        setMaxConnectionsPerDestination(limits.upstreamConnections());
        setMaxRequestHeadersSize(2 * limits.headerBytes());
        setMaxResponseHeadersSize(limits.headerBytes());
        setSocketAddressResolver(new EndpointAddresses(executor));
    }

    private static HttpClientTransportDynamic transport(
            JettyLimits limits, Executor executor, Scheduler scheduler, ByteBufferPool buffers) {
        ClientConnector connector = new ClientConnector();
        connector.setExecutor(executor);
        connector.setScheduler(scheduler);
        connector.setByteBufferPool(buffers);
        connector.setSslContextFactory(tls());
        HTTP2Client http2 = new HTTP2Client(connector);
        http2.setMaxResponseHeadersSize(limits.headerBytes());
        HttpClientTransportDynamic transport = new HttpClientTransportDynamic(
                connector, HttpClientConnectionFactory.HTTP11, new ClientConnectionFactoryOverHTTP2.HTTP2(http2));
        transport.setConnectionPoolFactory(destination -> new UpstreamPool(destination, limits.upstreamConnections()));
        transport.setInvocationType(InvocationType.NON_BLOCKING);
        return transport;
    }

    /** Certificates of endpoints are not verified: pods rarely have one that could be. */
    private static SslContextFactory.Client tls() {
        SslContextFactory.Client tls = new SslContextFactory.Client(true);
        tls.setEndpointIdentificationAlgorithm(null);
        return tls;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        // Starting adds these.
        getContentDecoderFactories().clear();
        getProtocolHandlers().clear();
        getProtocolHandlers().put(new InterimResponses());
    }

    /** Where requests to {@code endpoint} queue for its connections. */
    HttpDestination destination(Endpoint endpoint, Protocol protocol) {
        String scheme = protocol.isSecure() ? "https" : "http";
        Origin.Protocol spoken =
                switch (protocol) {
                    case HTTP, HTTPS -> HTTP_1_1;
                    case H2C -> H2C;
                    case H2 -> H2;
                };
        Origin.Address address = new Origin.Address(endpoint.host(), endpoint.port());
        return (HttpDestination) resolveDestination(new Origin(scheme, address, null, spoken));
    }
}
