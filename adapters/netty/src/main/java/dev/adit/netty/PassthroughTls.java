package dev.adit.netty;

import dev.adit.Gateway;
import io.netty.channel.ChannelPipeline;

/** Passes the TLS of some hosts through, and leaves the others to another server. */
final class PassthroughTls implements TlsServer {
    private final Gateway gateway;
    private final TlsServer others;

    PassthroughTls(Gateway gateway, TlsServer others) {
        this.gateway = gateway;
        this.others = others;
    }

    @Override
    public void addTo(ChannelPipeline pipeline, NettyGatewayHandler handler) {
        pipeline.addLast(new PassthroughHandler(gateway, handler, others));
    }

    @Override
    public void close() {
        others.close();
    }

    @Override
    public String toString() {
        return others + ", or passed through";
    }
}
