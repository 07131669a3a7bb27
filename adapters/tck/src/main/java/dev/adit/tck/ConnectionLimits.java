package dev.adit.tck;

import dev.adit.Gateway;
import dev.adit.balancer.Endpoint;
import dev.adit.policy.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Many clients at once, and an endpoint that may have fewer connections than there are event loops: every request is answered,
 * and the endpoint never has one connection too many, in HTTP/1.1 and in HTTP/2.
 */
final class ConnectionLimits {
    /** What {@code tck.case} is compared with. */
    static final String NAME = "Connections: an endpoint has so many open and no more";

    private static final int CLIENTS = 8;
    private static final int REQUESTS = 50;

    private ConnectionLimits() {}

    static void run(Subject.Starter starter, boolean http2) throws Exception {
        for (int limit : new int[] {1, 3}) {
            run(starter, limit, false);
            if (http2) {
                run(starter, limit, true);
            }
        }
    }

    private static void run(Subject.Starter starter, int limit, boolean http2) throws Exception {
        Gateway gateway = Gateway.builder()
                .settings(Settings.DEFAULT.with(Map.of(
                        "max-endpoint-connections", Integer.toString(limit),
                        "max-pending", Integer.toString(CLIENTS),
                        "pending-timeout", "10m")))
                .build();
        ExecutorService threads = Executors.newCachedThreadPool();
        try (CountingEndpoint endpoint = new CountingEndpoint(http2)) {
            threads.execute(endpoint);
            gateway.update(Manifest.ofNeighbour(endpoint.port(), http2));
            RunningTransport transport = starter.start(gateway, TckOptions.DEFAULT);
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(threads.submit(() -> {
                    Neighbour.ask(transport.httpPort(), REQUESTS);
                    return null;
                }));
            }
            for (Future<?> client : clients) {
                client.get();
            }
            transport.close();
            if (endpoint.most() > limit) {
                throw new AssertionError(endpoint.most() + " connections were open at once, not " + limit);
            }
            Endpoint counted = Endpoint.of("127.0.0.1", endpoint.port());
            new Moment(Moment.PATIENCE)
                    .poll(
                            "no connection to be counted",
                            () -> gateway.balancer().connections(counted) == 0);
        } finally {
            threads.shutdownNow();
            threads.awaitTermination(Moment.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }
}
