package dev.adit.undertow;

import static dev.adit.undertow.UndertowTransport.UNDERTOW;

import dev.adit.Gateway;
import dev.adit.tck.Capability;
import dev.adit.tck.RunningTransport;
import dev.adit.tck.TckOptions;
import dev.adit.tck.TransportTck;
import dev.adit.tck.fixture.Transport;
import java.util.Set;

/** Every case of the judge, on Undertow. */
class UndertowTckTest extends TransportTck {
    @Override
    protected Set<Capability> lacks() {
        return Set.of(Capability.HTTP_2_UPSTREAM_STREAMS, Capability.TLS_PASSTHROUGH);
    }

    @Override
    protected RunningTransport start(Gateway gateway, TckOptions options) {
        return UNDERTOW.start(gateway, Transport.Options.DEFAULT.limits(options.limits()));
    }
}
