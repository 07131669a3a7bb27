package dev.adit.netty;

import static dev.adit.netty.NettyTransport.NETTY;

import dev.adit.tck.fixture.Transport;
import dev.adit.tck.fixture.TransportTests;

class NettyTransportTest extends TransportTests {
    @Override
    protected Transport transport() {
        return NETTY;
    }
}
