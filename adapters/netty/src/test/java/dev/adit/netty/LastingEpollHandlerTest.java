package dev.adit.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LastingEpollHandlerTest {
    private static final int SIZE = 16 << 20;

    /** Once the peer has ended its output, sends more than fits in the kernel's buffers. */
    private static final class LateSpeaker extends ChannelInboundHandlerAdapter {
        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownReadComplete) {
                // Not at once: by then the channel waits for nothing any more.
                ctx.executor()
                        .execute(() -> ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[SIZE]))
                                .addListener(ChannelFutureListener.CLOSE));
            }
        }
    }

    /** Netty 4.2.18 alone fails this: a channel that waited for nothing cannot wait until it can write. */
    @Test
    void writesOnAfterThePeerEnded() throws Exception {
        IoTransport transport = IoTransport.best();
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, transport.handlers());
        try {
            Channel listener = new ServerBootstrap()
                    .group(group)
                    .channel(transport.serverChannel())
                    .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                    .childHandler(new LateSpeaker())
                    .bind(InetAddress.getLoopbackAddress(), 0)
                    .sync()
                    .channel();
            try (Peer peer = Peer.connect(((InetSocketAddress) listener.localAddress()).getPort())) {
                peer.endOutput();
                assertThat(peer.in().readNBytes(SIZE)).hasSize(SIZE);
                assertThat(peer.rest()).isEmpty();
            }
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }
}
