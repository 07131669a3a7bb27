package dev.adit.netty;

import static dev.adit.netty.NettyTransport.NETTY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.exchange.TransportLimits;
import dev.adit.tck.fixture.Peer;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A gateway in somebody's own Netty server, which uses nio. */
class EmbeddingTest {
    @Test
    void servesInAPipelineOfOthers() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = NETTY.to(upstream.port()).start()) {
            NettyGatewayHandler handler = new NettyGatewayHandler(proxy.gateway, TransportLimits.DEFAULT);
            Channel listener = new ServerBootstrap()
                    .group(group)
                    .channel(NioServerSocketChannel.class)
                    .childHandler(new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel channel) {
                            channel.pipeline().addLast(handler);
                        }
                    })
                    .bind(InetAddress.getLoopbackAddress(), 0)
                    .sync()
                    .channel();
            int port = ((InetSocketAddress) listener.localAddress()).getPort();
            try (Peer client = Peer.connect(port);
                    Peer upload = Peer.connect(port)) {
                String get = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
                assertThat(client.send(get).response()).endsWith("\r\n\r\nok");
                assertThat(client.send(get).response()).endsWith("\r\n\r\nok");
                upload.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000000\r\n\r\n");
                assertThat(upload.send(new byte[1_000_000]).response()).endsWith("\r\n\r\nok");

                listener.close().sync();
                handler.drain().get(10, TimeUnit.SECONDS);
                assertThat(client.rest()).isEmpty();
            } finally {
                handler.closeNow();
            }
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }
}
