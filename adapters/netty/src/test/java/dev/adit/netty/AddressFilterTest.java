package dev.adit.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.Gateway;
import dev.adit.balancer.Endpoint;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.route.Protocol;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names must not lead where only the gateway's own machine may go. */
class AddressFilterTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.255.255.254",
                "0.0.0.0",
                "0.1.2.3",
                "169.254.169.254",
                "224.0.0.1",
                "255.255.255.255",
                "240.0.0.1",
                "::1",
                "::",
                "fe80::1",
                "ff02::1",
                "::ffff:127.0.0.1",
                "::127.0.0.1",
                "64:ff9b::169.254.169.254",
                "2002:7f00:1::",
                "fd00:ec2::254"
            })
    void refuses(String address) throws Exception {
        assertThat(AddressFilter.allowsForName(InetAddress.getByName(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1",
                "172.16.3.4",
                "192.168.1.1",
                "93.184.216.34",
                "2606:2800:220:1::1",
                "fd12:3456::1",
                "64:ff9b::10.1.2.3",
                "2002:a00:1::"
            })
    void allows(String address) throws Exception {
        assertThat(AddressFilter.allowsForName(InetAddress.getByName(address))).isTrue();
    }

    @Test
    void isAskedWhereAnEndpointIsAName() throws Exception {
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(1, IoTransport.best().handlers());
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok")) {
            Gateway gateway = Gateway.builder().build();
            Loop loop = new Loop(group.next(), gateway, NettyLimits.DEFAULT, PooledByteBufAllocator.DEFAULT);

            assertThat(connect(loop, Endpoint.of("localhost", upstream.port())))
                    .isEqualTo("CONNECT: localhost has no address that may be connected to");
            assertThat(connect(loop, Endpoint.of("127.0.0.1", upstream.port()))).isEqualTo("connected");
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }

    private static String connect(Loop loop, Endpoint endpoint) throws Exception {
        CompletableFuture<String> result = new CompletableFuture<>();
        loop.eventLoop.execute(() -> loop.connector.connect(
                endpoint, Protocol.HTTP, Duration.ofSeconds(5), new UpstreamConnector.Listener() {
                    @Override
                    public void connected(UpstreamConnection connection) {
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
