package dev.adit.netty;

import static dev.adit.netty.NettyTransport.NETTY;

import dev.adit.Gateway;
import dev.adit.tck.RunningTransport;
import dev.adit.tck.TckOptions;
import dev.adit.tck.TransportTck;
import dev.adit.tck.fixture.Transport;

/** Every case of the judge, on Netty, which lacks nothing. */
class NettyTckTest extends TransportTck {
    @Override
    protected RunningTransport start(Gateway gateway, TckOptions options) {
        return NETTY.start(gateway, Transport.Options.DEFAULT.limits(options.limits()));
    }
}
