package dev.adit.undertow;

import static dev.adit.undertow.UndertowTransport.UNDERTOW;

import dev.adit.tck.fixture.Transport;
import dev.adit.tck.fixture.TransportTests;

class UndertowTransportTest extends TransportTests {
    @Override
    protected Transport transport() {
        return UNDERTOW;
    }
}
