package dev.adit.undertow;

import dev.adit.Gateway;
import dev.adit.exchange.TransportLimits;
import dev.adit.tck.Capability;
import dev.adit.tck.RunningTransport;
import dev.adit.tck.TckOptions;
import dev.adit.tck.TransportTck;
import java.net.InetAddress;
import java.util.Set;

/** Every case of the judge, on Undertow. */
class UndertowTckTest extends TransportTck {
    @Override
    protected Set<Capability> lacks() {
        return Set.of(Capability.HTTP_2_UPSTREAM_STREAMS, Capability.TLS_PASSTHROUGH);
    }

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
        UndertowGateway server = UndertowGateway.builder()
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
