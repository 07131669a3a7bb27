package dev.adit.netty;

import dev.adit.Gateway;
import dev.adit.exchange.TransportLimits;
import dev.adit.tck.RunningTransport;
import dev.adit.tck.TckOptions;
import dev.adit.tck.TransportTck;
import java.net.InetAddress;

/** Every case of the judge, on Netty, which lacks nothing. */
class NettyTckTest extends TransportTck {
    @Override
    protected RunningTransport start(Gateway gateway, TckOptions options) {
        TransportLimits limits = TransportLimits.DEFAULT.toBuilder()
                .requestLineBytes(options.requestLineBytes())
                .headerBytes(options.headerBytes())
                .headerFields(options.headerFields())
                .handshakes(options.handshakes())
                .tlsHandshake(options.tlsHandshake())
                .headerRead(options.headerRead())
                .bodyRead(options.bodyRead())
                .idle(options.idle())
                .linger(options.linger())
                .upstreamIdle(options.upstreamIdle())
                .tunnelIdle(options.tunnelIdle())
                .build();
        NettyGateway server = NettyGateway.builder()
                .gateway(gateway)
                .bind(InetAddress.getLoopbackAddress())
                .http(0)
                .https(0)
                .limits(limits)
                .build()
                .start();
        return new RunningTransport(server.httpPort(), server.httpsPort(), server);
    }
}
