package dev.adit.netty;

import dev.adit.Gateway;
import dev.adit.exchange.TransportLimits;
import io.netty.channel.ChannelPipeline;

/** Passes the TLS of some hosts through, and leaves the others to another server. */
final class PassthroughTls implements TlsServer {
    private final Gateway gateway;
    private final TransportLimits limits;
    private final TlsServer others;

    PassthroughTls(Gateway gateway, TransportLimits limits, TlsServer others) {
        this.gateway = gateway;
        this.limits = limits;
        this.others = others;
    }

    @Override
    public void addTo(ChannelPipeline pipeline, NettyGatewayHandler handler) {
        pipeline.addLast(new PassthroughHandler(gateway, limits.tlsHandshake(), handler, others));
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
