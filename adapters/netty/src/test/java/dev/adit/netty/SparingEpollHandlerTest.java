package dev.adit.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.adit.tck.fixture.Peer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SparingEpollHandlerTest {
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

    /** Closes the other one as soon as it hears of anything. */
    private static final class Rival extends ChannelInboundHandlerAdapter {
        private final List<Channel> both;
        private final List<String> heard;

        Rival(List<Channel> both, List<String> heard) {
            this.both = both;
            this.heard = heard;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            both.add(ctx.channel());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            heard.add(((ByteBuf) message).toString(StandardCharsets.US_ASCII));
            ((ByteBuf) message).release();
            for (Channel other : both) {
                if (other != ctx.channel()) {
                    other.close();
                }
            }
        }
    }

    @Test
    void aChannelThatWasClosedHearsNothingOfWhatWasKnownBefore() throws Exception {
        IoTransport transport = IoTransport.best();
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, transport.handlers());
        List<Channel> both = new CopyOnWriteArrayList<>();
        List<String> heard = new CopyOnWriteArrayList<>();
        try {
            Channel listener = new ServerBootstrap()
                    .group(group)
                    .channel(transport.serverChannel())
                    .childHandler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.pipeline().addLast(new Rival(both, heard));
                        }
                    })
                    .bind(InetAddress.getLoopbackAddress(), 0)
                    .sync()
                    .channel();
            int port = ((InetSocketAddress) listener.localAddress()).getPort();
            try (Peer one = Peer.connect(port);
                    Peer two = Peer.connect(port)) {
                await().until(() -> both.size() == 2);
                CountDownLatch sent = new CountDownLatch(1);
                // Both have something to read before the loop looks again.
                listener.eventLoop().execute(() -> awaitQuietly(sent));
                one.send("x");
                two.send("x");
                sent.countDown();
                await().until(() -> !heard.isEmpty());
                // Runs when all that was told together has been handled.
                listener.eventLoop().submit(() -> {}).sync();
                assertThat(heard).containsExactly("x");
            }
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
