package dev.adit.tck;

import dev.adit.Gateway;
import dev.adit.balancer.Pool;
import dev.adit.balancer.PoolView;
import dev.adit.policy.Settings;
import dev.adit.route.Backend;
import dev.adit.route.Route;
import dev.adit.tls.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** A running transport on trial, and the gateway it serves. One serves all cases that ask for the same options. */
final class Subject implements AutoCloseable {
    /** How a transport on trial is made. */
    @FunctionalInterface
    interface Starter {
        RunningTransport start(Gateway gateway, TckOptions options) throws Exception;
    }

    private static final Identity IDENTITY = Identity.selfSigned(
            "tck",
            List.of("a.test"),
            Instant.now().minus(Duration.ofDays(1)),
            Instant.now().plus(Duration.ofDays(1)));

    final Policies policies;
    final Gateway gateway;
    final Exchanges exchanges = new Exchanges();
    /** By how much the gateway's clock is ahead of the machine's, in nanoseconds. */
    private final AtomicLong ahead = new AtomicLong();

    final RunningTransport transport;

    Subject(Starter starter, Map<String, String> settings, Map<String, String> limits, List<Policy> policies)
            throws Exception {
        this.policies = new Policies(policies);
        gateway = Gateway.builder()
                .settings(Settings.DEFAULT.with(settings))
                .defaultIdentity(IDENTITY)
                .routes(this.policies::apply)
                .listener(exchanges)
                .nanoTime(() -> System.nanoTime() + ahead.get())
                .build();
        transport = starter.start(gateway, TckOptions.DEFAULT.with(limits));
    }

    /** Has the gateway believe that so much time is over; transports have a clock of their own. */
    void pass(Duration time) {
        ahead.addAndGet(time.toNanos());
    }

    /** The pool of the case's Service. */
    PoolView pool() {
        return gateway.table().routes().stream()
                .map(Route::backend)
                .filter(backend -> backend.service().equals(Manifest.SERVED))
                .map(Backend::pool)
                .filter(Objects::nonNull)
                .findFirst()
                .map(Pool::view)
                .orElseThrow(() -> new AssertionError("no route names the Service of the case"));
    }

    /** What is known of its endpoint on {@code port}. */
    PoolView.MemberView endpoint(int port) {
        return pool().members().stream()
                .filter(member -> member.member().endpoint().port() == port)
                .findFirst()
                .orElseThrow(() -> new AssertionError("the pool has no endpoint on port " + port));
    }

    @Override
    public void close() throws Exception {
        transport.close();
    }

    /** Closes the transport while a connection is kept on either side, which must end with it. */
    void closeWithIdleConnections(Executor threads) throws Exception {
        Moment moment = new Moment(Moment.PATIENCE);
        exchanges.begin(moment);
        try (Upstreams upstreams = new Upstreams("upstream", moment, List.of("live"), threads);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), transport.httpPort())) {
            // In the neighbour's place, where no policy asks anybody.
            gateway.update(Manifest.resources(
                    Manifest.named("one"), List.of(), upstreams.ports().get(0)));
            Wire client = new Wire("client", moment, socket, socket, false, threads);
            client.send(Text.bytes("GET / HTTP/1.1\r\nHost: " + Manifest.NEIGHBOUR + "\r\n\r\n"));
            Wire upstream = upstreams.get(1);
            new MessageReader(upstream).head();
            upstream.send(Text.bytes("HTTP/1.1 204 No Content\r\n\r\n"));
            new MessageReader(client).head();
            close();
            client.awaitEnd();
            upstream.awaitEnd();
            client.dispose();
        }
        exchanges.awaitAllClosed();
        requireRefused(transport.httpPort());
        if (transport.httpsPort() > 0) {
            requireRefused(transport.httpsPort());
        }
    }

    /** Waits until the plain port is closed, by trying. */
    void awaitRefusing(Moment moment) {
        moment.poll("the listener to be closed", () -> !accepts(transport.httpPort()));
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            // Refused, or reset by a backlog that is thrown away.
            return false;
        }
    }

    private static void requireRefused(int port) {
        if (accepts(port)) {
            throw new AssertionError("port " + port + " still accepts after the transport was closed");
        }
    }
}
