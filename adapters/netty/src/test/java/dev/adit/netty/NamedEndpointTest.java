package dev.adit.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.Gateway;
import dev.adit.balancer.ConnectionPermit;
import dev.adit.balancer.Endpoint;
import dev.adit.exchange.TransportLimits;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.route.Protocol;
import dev.adit.tck.fixture.ScriptedUpstream;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Names must not lead where only the gateway's own machine may go. */
class NamedEndpointTest {
    @Test
    void isAskedWhereAnEndpointIsAName() throws Exception {
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(1, IoTransport.best().handlers());
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok")) {
            Gateway gateway = Gateway.builder().build();
            Loop loop = new Loop(
                    group.next(), gateway, TransportLimits.DEFAULT, PooledByteBufAllocator.DEFAULT, Runnable::run);

            assertThat(connect(loop, Endpoint.of("localhost", upstream.port())))
                    .isEqualTo("CONNECT: localhost has no address that may be connected to");
            assertThat(connect(loop, Endpoint.of("127.0.0.1", upstream.port()))).isEqualTo("connected");
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }

    private static String connect(Loop loop, Endpoint endpoint) throws Exception {
        CompletableFuture<String> result = new CompletableFuture<>();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        ConnectionPermit permit = ConnectionPermit.uncounted();
        loop.eventLoop.execute(() ->
                loop.connector.connect(endpoint, Protocol.HTTP, deadline, permit, new UpstreamConnector.Listener() {
                    @Override
                    public void connected(UpstreamSide connection) {
                        connection.giveUp();
                        result.complete("connected");
                    }

                    @Override
                    public void connectFailed(UpstreamFailure.Kind kind, String detail) {
                        result.complete(kind + ": " + detail);
                    }
                }));
        return result.get(10, TimeUnit.SECONDS);
    }
}
