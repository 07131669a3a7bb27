package dev.adit.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.Gateway;
import dev.adit.balancer.ConnectionPermit;
import dev.adit.exchange.AddressLimit;
import dev.adit.exchange.PassedConnection.End;
import dev.adit.exchange.Passthrough;
import dev.adit.exchange.TransportLimits;
import dev.adit.policy.Settings;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.TlsPeers;
import dev.adit.tls.CertificateTable;
import dev.adit.tls.Identity;
import dev.adit.tls.ServerTls;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How long a handshake may take, counted from a connection's first moment, on a clock that the test moves. */
class HandshakeTimeTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration CONNECT = Duration.ofSeconds(30);
    private static final List<String> PROTOCOLS = List.of("http/1.1");
    private static final Identity IDENTITY = Identity.selfSigned(
            "front.test",
            List.of("front.test"),
            Instant.now().minus(Duration.ofDays(1)),
            Instant.now().plus(Duration.ofDays(1)));

    private final Gateway gateway = Gateway.builder()
            .settings(Settings.DEFAULT.with(Map.of(
                    "enable-ssl-passthrough",
                    "true",
                    "max-endpoint-connections",
                    "1",
                    "max-pending",
                    "1",
                    "pending-timeout",
                    "1m",
                    "proxy-connect-timeout",
                    Long.toString(CONNECT.toSeconds()))))
            .defaultIdentity(IDENTITY)
            .resources(Proxy.resources(Proxy.manifest("http", 1)
                    .replace(
                            "namespace: shop}\nspec:\n  rules",
                            "namespace: shop, annotations: {nginx.ingress.kubernetes.io/ssl-passthrough: 'true'}}\n"
                                    + "spec:\n  rules")))
            .build();
    private final TransportLimits limits =
            TransportLimits.DEFAULT.toBuilder().tlsHandshake(LIMIT).build();
    private final NettyGatewayHandler handler = new NettyGatewayHandler(gateway, limits);
    private final AddressLimit limit = new AddressLimit(1);
    private final List<TlsServer> servers = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel() {
        @Override
        protected SocketAddress remoteAddress0() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        }
    };

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
        handler.closeNow();
        servers.forEach(TlsServer::close);
    }

    static Stream<Arguments> servers() {
        return TlsCases.engines().stream()
                .flatMap(engine -> Stream.of(Arguments.of(engine, false), Arguments.of(engine, true)));
    }

    private TlsServer server(TlsEngine engine, boolean passthrough) {
        Supplier<CertificateTable> tables = () -> gateway.table().certificates();
        ServerTls server = ServerTls.of(tables);
        EngineTls jdk = new EngineTls("jdk", allocator -> server.newEngine(PROTOCOLS), ImmediateEventExecutor.INSTANCE);
        TlsServer ending = engine == TlsEngine.JDK
                ? jdk
                : new OpenSslTls(
                        tables,
                        policy -> server.parameters(PROTOCOLS, policy),
                        PROTOCOLS,
                        TicketKeys.generated(System::nanoTime),
                        jdk);
        servers.add(ending);
        return passthrough ? new PassthroughTls(gateway, ending) : ending;
    }

    /** A connection begins, and time stands still. */
    private void begin(TlsEngine engine, boolean passthrough) {
        channel.freezeTime();
        HandshakeLimit.begin(
                limit, LIMIT, channel, () -> server(engine, passthrough).addTo(channel.pipeline(), handler));
    }

    private void pass(Duration time) {
        channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    private void send(String hello, int from, int to) {
        byte[] bytes = hello.getBytes(StandardCharsets.ISO_8859_1);
        channel.writeInbound(Unpooled.copiedBuffer(bytes, from, to - from));
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aHelloCountsFromTheFirstMoment(TlsEngine engine, boolean passthrough) {
        begin(engine, passthrough);
        pass(LIMIT.minusMillis(1));
        assertThat(channel.isOpen()).isTrue();
        pass(Duration.ofMillis(1));
        assertThat(channel.isOpen()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("servers")
    void whatFollowsALateHelloCountsFromTheFirstMomentToo(TlsEngine engine, boolean passthrough) throws Exception {
        String hello = TlsPeers.hello("b.test");
        begin(engine, passthrough);
        pass(LIMIT.dividedBy(2));
        send(hello, 0, 100);
        pass(LIMIT.dividedBy(4));
        send(hello, 100, hello.length());
        pass(LIMIT.dividedBy(4).minusMillis(1));
        assertThat(channel.isOpen()).isTrue();
        pass(Duration.ofMillis(1));
        assertThat(channel.isOpen()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aHandshakeThatIsOverIsNotTimed(TlsEngine engine, boolean passthrough) throws Exception {
        begin(engine, passthrough);
        pass(LIMIT.dividedBy(2));
        shakeHands();
        pass(LIMIT);
        assertThat(channel.isOpen()).isTrue();
        assertThat(limit.begin(InetAddress.getLoopbackAddress())).isTrue();
    }

    private void shakeHands() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        SslHandler ssl = new SslHandler(engine);
        EmbeddedChannel client = new EmbeddedChannel(ssl);
        for (int turn = 0; turn < 10; turn++) {
            relay(client, channel);
            relay(channel, client);
        }
        assertThat(ssl.handshakeFuture().isSuccess()).isTrue();
        client.close().syncUninterruptibly();
        client.finishAndReleaseAll();
    }

    private static void relay(EmbeddedChannel from, EmbeddedChannel to) {
        for (Object bytes = from.readOutbound(); bytes != null; bytes = from.readOutbound()) {
            to.writeInbound(bytes);
        }
    }

    @Test
    void aSpliceThatConnectsHasAClockOfItsOwn() throws Exception {
        Passthrough other =
                Objects.requireNonNull(gateway.passthrough(gateway.connection("192.0.2.1", true, 443, "a.test")));
        ConnectionPermit only = other.permit(Objects.requireNonNull(other.endpoint()), this);
        assertThat(only.ask(() -> {})).isTrue();
        other.close(End.CLIENT, 0, 0);
        String hello = TlsPeers.hello("a.test");
        begin(TlsEngine.JDK, true);
        pass(LIMIT.dividedBy(2));
        send(hello, 0, hello.length());
        pass(CONNECT.minusMillis(1));
        assertThat(channel.isOpen()).isTrue();
        assertThat(limit.begin(InetAddress.getLoopbackAddress()))
                .as("nobody has shaken hands yet")
                .isFalse();
        pass(Duration.ofMillis(1));
        assertThat(channel.isOpen()).isFalse();
        only.close();
    }
}
