package dev.adit.jetty;

import static dev.adit.jetty.JettyTransport.JETTY;

import dev.adit.tck.fixture.Transport;
import dev.adit.tck.fixture.TransportTests;

class JettyTransportTest extends TransportTests {
    @Override
    protected Transport transport() {
        return JETTY;
    }
}
