package dev.adit.undertow;

import dev.adit.Gateway;
import dev.adit.tck.RunningTransport;
import dev.adit.tck.fixture.Transport;
import java.io.IOException;
import java.net.InetAddress;

/** Undertow, as tests start it. */
enum UndertowTransport implements Transport {
    UNDERTOW;

    @Override
    public RunningTransport start(Gateway gateway, Options options) {
        UndertowGateway.Builder builder = UndertowGateway.builder()
                .gateway(gateway)
                .bind(InetAddress.getLoopbackAddress())
                .limits(options.limits())
                .shutdownGrace(options.grace());
        if (options.httpPort() >= 0) {
            builder.http(options.httpPort());
        }
        if (options.threads() > 0) {
            builder.ioThreads(options.threads());
        }
        if (options.https()) {
            builder.https(0);
        }
        UndertowGateway server = builder.build().start();
        return new RunningTransport(server.httpPort(), server.httpsPort(), server);
    }

    @Override
    public int mirrors() {
        return Mirrors.LIMIT;
    }

    /** Undertow may reset the connection before its alert is read. */
    @Override
    public Class<? extends IOException> refusal() {
        return IOException.class;
    }
}
