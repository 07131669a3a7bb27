package dev.adit.jetty;

import dev.adit.Gateway;
import dev.adit.tck.RunningTransport;
import dev.adit.tck.fixture.Transport;
import java.net.InetAddress;

/** Jetty, as tests start it. */
enum JettyTransport implements Transport {
    JETTY;

    @Override
    public RunningTransport start(Gateway gateway, Options options) {
        JettyGateway.Builder builder = JettyGateway.builder()
                .gateway(gateway)
                .bind(InetAddress.getLoopbackAddress())
                .limits(options.limits())
                .shutdownGrace(options.grace());
        if (options.httpPort() >= 0) {
            builder.http(options.httpPort());
        }
        if (options.https()) {
            builder.https(0);
        }
        JettyGateway server = builder.build().start();
        return new RunningTransport(server.httpPort(), server.httpsPort(), server);
    }

    @Override
    public int mirrors() {
        return Mirrors.LIMIT;
    }
}
