package dev.adit.netty;

import dev.adit.tls.ClientHello;
import dev.adit.tls.Identity;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the server name in a client's hello, which it leaves unread for the {@link SslHandler} that takes its place.
 *
 * <pre>
 *   hello complete ──▶ an identity ──▶ SslHandler, NettyGatewayHandler
 *        │ too long, no TLS: closed
 *        └──▶ none, or no application protocol in common ──▶ alert, closed
 * </pre>
 */
final class ServerNameHandler extends AbstractSniHandler<@Nullable Identity> {
    private static final System.Logger LOG = System.getLogger(NettyGateway.class.getName());

    /** A client with many key shares, tickets and protocols sends some 2 KiB. */
    static final int MAX_HELLO = 16 << 10;

    private static final byte HANDSHAKE_FAILURE = 40;
    private static final byte NO_APPLICATION_PROTOCOL = 120;

    private final OpenSslTls tls;
    private final NettyGatewayHandler handler;
    /** What the client said; null before that, and if it is for OpenSSL to refuse. */
    private @Nullable ClientHello offer;

    private byte alert = HANDSHAKE_FAILURE;
    private boolean refused;

    ServerNameHandler(OpenSslTls tls, NettyGatewayHandler handler) {
        super(MAX_HELLO, 0);
        this.tls = tls;
        this.handler = handler;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (refused) {
            in.skipBytes(in.readableBytes());
        } else {
            super.decode(ctx, in, out);
        }
    }

    @Override
    protected Future<@Nullable Identity> lookup(ChannelHandlerContext ctx, @Nullable ByteBuf hello) throws Exception {
        offer = hello == null ? null : ClientHello.ofMessage(hello.nioBuffer());
        // As Netty drives it, OpenSSL does not ask: it would go on without a protocol, and a connection that was meant
        // for
        // another one would be read as HTTP (RFC 7301 section 3.2).
        if (offer != null && !offer.speaksOneOf(tls.applicationProtocols())) {
            alert = NO_APPLICATION_PROTOCOL;
            return ctx.executor().newSucceededFuture(null);
        }
        return super.lookup(ctx, hello);
    }

    @Override
    protected Future<@Nullable Identity> lookup(ChannelHandlerContext ctx, @Nullable String hostname) {
        return ctx.executor().newSucceededFuture(isValid(hostname) ? tls.find(hostname, offer) : null);
    }

    /** Names that a session could not tell later are refused as the JDK's engine refuses them, such as those that end in a dot. */
    private static boolean isValid(@Nullable String hostname) {
        if (hostname == null) {
            return true;
        }
        try {
            return new SNIHostName(hostname.getBytes(StandardCharsets.UTF_8))
                    .getAsciiName()
                    .equalsIgnoreCase(hostname);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    protected void onLookupComplete(
            ChannelHandlerContext ctx, @Nullable String hostname, Future<@Nullable Identity> future) {
        Identity identity = future.getNow();
        if (identity == null) {
            refuse(ctx);
            return;
        }
        try {
            SslHandler ssl = tls.newHandler(ctx.alloc(), identity, hostname);
            ssl.setHandshakeTimeoutMillis(0); // see HandshakeLimit
            ctx.pipeline()
                    .addAfter(ctx.name(), null, ssl)
                    .addLast(handler.newHandler(ctx.channel()))
                    .remove(this);
        } catch (SSLException e) {
            LOG.log(System.Logger.Level.ERROR, "OpenSSL does not take " + identity, e);
            refuse(ctx);
        }
    }

    private void refuse(ChannelHandlerContext ctx) {
        refused = true;
        // A record: alert (21), TLS 1.2 as the records of every version say, 2 bytes: fatal (2), and which.
        ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {21, 3, 3, 0, 2, 2, alert}));
        ctx.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Clients.log(ctx.channel(), cause);
        ctx.close();
    }
}
