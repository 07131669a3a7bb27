package dev.adit.undertow;

import dev.adit.Gateway;
import dev.adit.exchange.TransportLimits;
import dev.adit.wire.BadMessageException;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.util.AttachmentKey;
import io.undertow.util.Headers;
import io.undertow.util.Protocols;
import io.undertow.util.SameThreadExecutor;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xnio.Option;
import org.xnio.OptionMap;
import org.xnio.XnioIoThread;

/**
 * Serves a gateway in somebody's own Undertow server, beside other handlers. It answers every request that it is given, 404
 * where no route does:
 *
 * <pre>{@code
 * UndertowGatewayHandler adit = new UndertowGatewayHandler(gateway);
 * Undertow server = UndertowGatewayHandler.configure(Undertow.builder(), TransportLimits.DEFAULT)
 *         .addHttpListener(8080, "0.0.0.0", new PathHandler(adit).addExactPath("/healthz", ownHandler))
 *         .build();
 * server.start();
 * }</pre>
 *
 * It must be called before anything read the request's body. It uses the server's IO threads and buffers and blocks none of
 * them; upstream connections live on the IO thread of the client's connection. Health checks are carried out from the first
 * request on. Safe for any number of threads.
 */
public final class UndertowGatewayHandler implements HttpHandler {
    private final AttachmentKey<ClientLink> linkKey = AttachmentKey.create(ClientLink.class);
    private final Gateway gateway;
    private final TransportLimits limits;
    private final NameResolver resolver = new NameResolver();
    private final UpstreamConnector connector = new UpstreamConnector(resolver);
    private final Map<XnioIoThread, Loop> loops = new ConcurrentHashMap<>();
    /** Sends the probes of health checks: on the first loop there is, from then on. */
    private final AtomicReference<@Nullable LoopProber> prober = new AtomicReference<>();

    /** A handler with default limits. */
    public UndertowGatewayHandler(Gateway gateway) {
        this(gateway, TransportLimits.DEFAULT);
    }

    /**
     * A handler. Of the limits, those on heads, streams, handshakes and idle connections are the server's to keep: see
     * {@link #configure}.
     */
    public UndertowGatewayHandler(Gateway gateway, TransportLimits limits) {
        this.gateway = Objects.requireNonNull(gateway);
        this.limits = Objects.requireNonNull(limits);
    }

    /**
     * Makes a server's listeners keep {@code limits} and hand on every target as it came.
     *
     * @return {@code server}
     */
    public static Undertow.Builder configure(Undertow.Builder server, TransportLimits limits) {
        OptionMap options = options(limits);
        for (Option<?> option : options) {
            set(server, option, options);
        }
        return server;
    }

    private static <T> void set(Undertow.Builder server, Option<T> option, OptionMap options) {
        server.setServerOption(option, options.get(option));
    }

    static OptionMap options(TransportLimits limits) {
        return OptionMap.builder()
                .set(UndertowOptions.DECODE_URL, false)
                .set(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, false)
                .set(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
                .set(UndertowOptions.MAX_HEADER_SIZE, limits.headerBytes())
                // What a body may cost is a policy of the route's.
                .set(UndertowOptions.MAX_ENTITY_SIZE, -1L)
                .set(UndertowOptions.MAX_HEADERS, limits.headerFields())
                // Undertow takes the query apart, which nobody here reads: bounded by the head's size.
                .set(UndertowOptions.MAX_PARAMETERS, limits.headerBytes())
                .set(
                        UndertowOptions.REQUEST_PARSE_TIMEOUT,
                        millis(limits.headerRead().toMillis()))
                .set(UndertowOptions.NO_REQUEST_TIMEOUT, millis(limits.idle().toMillis()))
                .set(UndertowOptions.HTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.streams())
                .set(UndertowOptions.HTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, limits.headerBytes())
                .set(UndertowOptions.HTTP2_SETTINGS_ENABLE_PUSH, false)
                .getMap();
    }

    private static int millis(long millis) {
        return (int) Math.max(1, Math.min(millis, Integer.MAX_VALUE));
    }

    /** Called by the server, on any thread. */
    @Override
    public void handleRequest(HttpServerExchange exchange) {
        if (!exchange.isInIoThread()) {
            exchange.dispatch(exchange.getIoThread(), this);
            return;
        }
        boolean http1 = !exchange.getProtocol().equals(Protocols.HTTP_2_0);
        try {
            if (RequestView.of(exchange) instanceof RequestView unguarded) {
                UnguardedHead.check(exchange, unguarded, limits);
            }
        } catch (BadMessageException e) {
            exchange.dispatch(SameThreadExecutor.INSTANCE, () -> ClientSide.refuse(exchange, e.status()));
            return;
        }
        @Nullable Http2ClientChannel streams = http1 ? null : Http2ClientChannel.of(exchange.getConnection());
        if (streams != null && !exchange.isRequestComplete()) {
            streams.watchBody(exchange);
        }
        if (http1 && exchange.getRequestHeaders().contains(Headers.TRANSFER_ENCODING)) {
            exchange.addRequestWrapper((factory, wrapped) -> ChunkedBody.of(wrapped, limits));
        }
        exchange.dispatch(SameThreadExecutor.INSTANCE, new ExchangeDriver(linkOf(exchange), exchange));
    }

    private ClientLink linkOf(HttpServerExchange exchange) {
        ServerConnection connection = exchange.getConnection();
        @Nullable ClientLink link = connection.getAttachment(linkKey);
        if (link == null) {
            ByteBufferPool buffers = connection.getByteBufferPool();
            Loop loop = loop(exchange.getIoThread(), buffers);
            link = new ClientLink(loop, exchange);
            connection.putAttachment(linkKey, link);
        }
        return link;
    }

    /** What the connections of {@code thread} share. */
    Loop loop(XnioIoThread thread, ByteBufferPool buffers) {
        Loop loop = loops.computeIfAbsent(thread, own -> new Loop(own, gateway, limits, buffers, connector));
        if (prober.get() == null && prober.compareAndSet(null, loop.prober)) {
            gateway.probes().start(loop.prober);
        }
        return loop;
    }

    /**
     * Lets requests under way finish, with {@code Connection: close}, and closes HTTP/1.1 connections that wait for their next
     * request. HTTP/2 connections of {@link UndertowGateway} say GOAWAY, and end with their last answer. Stop accepting before.
     *
     * @return completes, on an IO thread, when the last request and the last tunnel is over
     */
    public CompletableFuture<Void> drain() {
        return onEveryLoop(Loop::drain);
    }

    /**
     * Ends every request now, and lets go of everything that was opened.
     *
     * @return completes, on an IO thread, when that is done
     */
    public CompletableFuture<Void> closeNow() {
        LoopProber probing = prober.get();
        if (probing != null) {
            gateway.probes().stop(probing);
        }
        resolver.close();
        return onEveryLoop(Loop::closeNow);
    }

    private CompletableFuture<Void> onEveryLoop(Function<Loop, CompletableFuture<Void>> action) {
        return CompletableFuture.allOf(loops.values().stream().map(action).toArray(CompletableFuture[]::new));
    }
}
