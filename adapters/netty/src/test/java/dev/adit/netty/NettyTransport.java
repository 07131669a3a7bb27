package dev.adit.netty;

import dev.adit.Gateway;
import dev.adit.tck.RunningTransport;
import dev.adit.tck.fixture.Transport;
import java.net.InetAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Netty, as tests start it.
 *
 * @param engine who does its TLS
 * @param ticketKeys the file with keys of tickets, or null for keys of its own
 */
record NettyTransport(TlsEngine engine, @Nullable Path ticketKeys) implements Transport {
    static final NettyTransport NETTY = with(TlsEngine.AUTO);

    static NettyTransport with(TlsEngine engine) {
        return new NettyTransport(engine, null);
    }

    @Override
    public RunningTransport start(Gateway gateway, Options options) {
        NettyGateway.Builder builder = NettyGateway.builder()
                .gateway(gateway)
                .bind(InetAddress.getLoopbackAddress())
                .limits(options.limits())
                .shutdownGrace(options.grace());
        if (options.httpPort() >= 0) {
            builder.http(options.httpPort());
        }
        if (options.threads() > 0) {
            builder.eventLoopThreads(options.threads());
        }
        if (options.https()) {
            builder.https(0).tlsEngine(engine);
        }
        if (ticketKeys != null) {
            builder.ticketKeyFile(ticketKeys);
        }
        NettyGateway server = builder.build().start();
        return new RunningTransport(server.httpPort(), server.httpsPort(), server);
    }

    @Override
    public int mirrors() {
        return Mirrors.LIMIT;
    }

    @Override
    public boolean takesListsOfLengths() {
        return true;
    }
}
