package dev.adit.netty;

import static dev.adit.netty.NettyTransport.NETTY;

import dev.adit.tck.fixture.Transport;
import dev.adit.tck.fixture.TransportTests;
import java.util.stream.Stream;

class NettyTransportTest extends TransportTests {
    @Override
    protected Transport transport() {
        return NETTY;
    }

    @Override
    protected Stream<Transport> tlsTransports() {
        return TlsCases.engines().stream().map(NettyTransport::with);
    }
}
