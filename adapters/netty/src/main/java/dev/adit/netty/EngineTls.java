package dev.adit.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;

/** TLS by engines that choose the certificate themselves, such as the JDK's. They sign on threads of their own. */
final class EngineTls implements TlsServer {
    private final String name;
    private final Function<ByteBufAllocator, SSLEngine> engines;
    private final ExecutorService signers;

    /** @param signers runs what engines have to calculate; is shut down with this */
    EngineTls(String name, Function<ByteBufAllocator, SSLEngine> engines, ExecutorService signers) {
        this.name = name;
        this.engines = engines;
        this.signers = signers;
    }

    @Override
    public void addTo(ChannelPipeline pipeline, NettyGatewayHandler handler) {
        pipeline.addLast(newHandler(pipeline.channel().alloc())).addLast(handler.newHandler(pipeline.channel()));
    }

    SslHandler newHandler(ByteBufAllocator allocator) {
        SslHandler ssl = new SslHandler(engines.apply(allocator), signers);
        ssl.setHandshakeTimeoutMillis(0); // see HandshakeLimit
        return ssl;
    }

    @Override
    public void close() {
        signers.shutdown();
    }

    @Override
    public String toString() {
        return name;
    }
}
