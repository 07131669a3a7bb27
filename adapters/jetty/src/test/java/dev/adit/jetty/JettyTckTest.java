package dev.adit.jetty;

import static dev.adit.jetty.JettyTransport.JETTY;

import dev.adit.Gateway;
import dev.adit.tck.Capability;
import dev.adit.tck.RunningTransport;
import dev.adit.tck.TckOptions;
import dev.adit.tck.TransportTck;
import dev.adit.tck.fixture.Transport;
import java.util.Set;

/** Every case of the judge, on Jetty. */
class JettyTckTest extends TransportTck {
    @Override
    protected Set<Capability> lacks() {
        return Set.of(Capability.HTTP_2_RULES, Capability.TLS_PASSTHROUGH);
    }

    @Override
    protected RunningTransport start(Gateway gateway, TckOptions options) {
        return JETTY.start(gateway, Transport.Options.DEFAULT.limits(options.limits()));
    }
}
