package dev.adit.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * Offers the session it was given last, whatever the name. Only OpenSSL does that: the JDK's client sends the session's name
 * instead of the one it was told. Where there is no OpenSSL, names are not mixed.
 */
final class ResumingClient implements AutoCloseable {
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final int port;
    private final String protocol;
    private SslContext context;

    ResumingClient(int port, String protocol) throws Exception {
        this.port = port;
        this.protocol = protocol;
        context = newContext();
    }

    private SslContext newContext() throws Exception {
        boolean openSsl = TlsEngine.OPENSSL.isAvailable();
        SslContext made = SslContextBuilder.forClient()
                .sslProvider(openSsl ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .protocols(protocol)
                .endpointIdentificationAlgorithm(null)
                .build();
        if (made.sessionContext() instanceof OpenSslSessionContext sessions) {
            sessions.setTicketKeys();
            sessions.setSessionCacheEnabled(true);
        }
        return made;
    }

    void forget() throws Exception {
        ReferenceCountUtil.release(context);
        context = newContext();
    }

    Connection connect(String name) throws Exception {
        return connect(name, port);
    }

    /** The same with the server on another port, as if that were the same server. */
    Connection connect(String name, int other) throws Exception {
        String peer = TlsEngine.OPENSSL.isAvailable() ? "anybody" : name;
        SSLEngine engine = context.newEngine(io.netty.buffer.ByteBufAllocator.DEFAULT, peer, port);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        engine.setSSLParameters(parameters);
        SslHandler ssl = new SslHandler(engine);
        FirstFlight flight = new FirstFlight();
        CompletableFuture<Void> answered = new CompletableFuture<>();
        Channel channel = new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(flight, ssl, new Answer(answered));
                    }
                })
                .connect(InetAddress.getLoopbackAddress(), other)
                .sync()
                .channel();
        try {
            ssl.handshakeFuture().sync();
            X509Certificate shown = (X509Certificate) engine.getSession().getPeerCertificates()[0];
            channel.writeAndFlush(
                    Unpooled.copiedBuffer("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", StandardCharsets.US_ASCII));
            answered.get(10, TimeUnit.SECONDS);
            return new Connection(flight.resumed(), shown);
        } finally {
            channel.close().sync();
        }
    }

    @Override
    public void close() {
        ReferenceCountUtil.release(context);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** What one connection saw. */
    record Connection(boolean resumed, X509Certificate shown) {}

    /** Waits for an answer, and with it for the tickets before it. */
    private static final class Answer extends ChannelInboundHandlerAdapter {
        private final CompletableFuture<Void> answered;

        Answer(CompletableFuture<Void> answered) {
            this.answered = answered;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ReferenceCountUtil.release(msg);
            answered.complete(null);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            answered.completeExceptionally(cause);
        }
    }

    /**
     * What a server says before it encrypts. In TLS 1.3 that is a ServerHello, with the extension pre_shared_key if it resumes (RFC 8446
     * section 4.2.11); in TLS 1.2 a Certificate follows it unless it resumes (RFC 5246 section 7.3).
     */
    private static final class FirstFlight extends ChannelInboundHandlerAdapter {
        private static final int HANDSHAKE = 22;
        private static final int CERTIFICATE = 11;
        private static final int PRE_SHARED_KEY = 41;
        private static final int SUPPORTED_VERSIONS = 43;

        private final ByteArrayOutputStream seen = new ByteArrayOutputStream();

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ByteBuf bytes = (ByteBuf) msg;
            byte[] copy = new byte[bytes.readableBytes()];
            bytes.getBytes(bytes.readerIndex(), copy);
            seen.writeBytes(copy);
            ctx.fireChannelRead(msg);
        }

        boolean resumed() {
            ByteBuffer records = ByteBuffer.wrap(seen.toByteArray());
            ByteArrayOutputStream clear = new ByteArrayOutputStream();
            while (records.hasRemaining() && records.get() == HANDSHAKE) {
                records.getShort();
                byte[] fragment = new byte[records.getShort()];
                records.get(fragment);
                clear.writeBytes(fragment);
            }
            ByteBuffer messages = ByteBuffer.wrap(clear.toByteArray());
            int hello = messages.getInt() & 0xffffff;
            List<Integer> extensions = extensions(messages.slice(messages.position(), hello));
            messages.position(messages.position() + hello);
            if (extensions.contains(SUPPORTED_VERSIONS)) {
                return extensions.contains(PRE_SHARED_KEY);
            }
            return !messages.hasRemaining() || messages.get() != CERTIFICATE;
        }

        private static List<Integer> extensions(ByteBuffer hello) {
            hello.position(2 + 32);
            hello.position(hello.get() + hello.position() + 2 + 1);
            Stream.Builder<Integer> types = Stream.builder();
            if (hello.hasRemaining()) {
                hello.getShort();
            }
            while (hello.hasRemaining()) {
                types.add((int) hello.getShort());
                hello.position(hello.getShort() + hello.position());
            }
            return types.build().toList();
        }
    }
}
