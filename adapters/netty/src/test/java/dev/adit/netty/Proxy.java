package dev.adit.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.adit.Gateway;
import dev.adit.GatewayListener;
import dev.adit.exchange.Exchange;
import dev.adit.exchange.Outcome;
import dev.adit.exchange.TransportLimits;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Manifests;
import dev.adit.manifest.ResourceSet;
import dev.adit.policy.Settings;
import dev.adit.route.Route;
import dev.adit.route.RoutePolicies;
import dev.adit.tck.fixture.Peer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A gateway over real sockets for host {@code a.test}, and what it told about its exchanges. */
final class Proxy implements AutoCloseable {
    final List<Outcome> outcomes = new CopyOnWriteArrayList<>();
    final Gateway gateway;
    final NettyGateway server;
    private final Set<Exchange> closed =
            Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    private final List<String> twice = new CopyOnWriteArrayList<>();

    private Proxy(
            Settings settings,
            UnaryOperator<Route> routes,
            ResourceSet resources,
            TransportLimits limits,
            @Nullable TlsEngine tls,
            @Nullable Path ticketKeys,
            Duration grace,
            int threads) {
        gateway = Gateway.builder()
                .settings(settings)
                .routes(routes)
                .listener(new GatewayListener() {
                    @Override
                    public void closed(Exchange exchange, Outcome outcome) {
                        outcomes.add(outcome);
                        if (!closed.add(exchange)) {
                            twice.add(exchange.path());
                        }
                    }
                })
                .resources(resources)
                .build();
        NettyGateway.Builder builder = NettyGateway.builder()
                .gateway(gateway)
                .bind(InetAddress.getLoopbackAddress())
                .limits(limits)
                .shutdownGrace(grace)
                .eventLoopThreads(threads)
                .http(0);
        if (ticketKeys != null) {
            builder.ticketKeyFile(ticketKeys);
        }
        server = (tls == null ? builder : builder.https(0).tlsEngine(tls))
                .build()
                .start();
    }

    static Builder to(int... ports) {
        return new Builder(manifest("http", ports));
    }

    static Builder of(String manifest) {
        return new Builder(manifest);
    }

    /** An Ingress for {@code a.test} with a Service whose endpoints are {@code ports} of this machine. */
    static String manifest(String portName, int... ports) {
        StringBuilder text = new StringBuilder("""
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: web, namespace: shop%s}
                spec:
                  rules:
                  - host: a.test
                    http:
                      paths:
                      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: shop}
                spec:
                  ports: [{name: %s, port: 80, targetPort: 8080}]
                """.formatted(
                        portName.equals("http")
                                ? ""
                                : ", annotations: {nginx.ingress.kubernetes.io/backend-protocol: "
                                        + portName.toUpperCase(Locale.ROOT) + "}",
                        portName));
        for (int port : ports) {
            text.append("""
                    ---
                    apiVersion: discovery.k8s.io/v1
                    kind: EndpointSlice
                    metadata: {name: web-%d, namespace: shop, labels: {kubernetes.io/service-name: web}}
                    addressType: IPv4
                    ports: [{name: %s, port: %d}]
                    endpoints: [{addresses: [127.0.0.1], conditions: {ready: true}}]
                    """.formatted(port, portName, port));
        }
        return text.toString();
    }

    static ResourceSet resources(String manifest) {
        Manifests manifests = ManifestReader.strict().read("test.yaml", manifest);
        return manifests.resourceSet();
    }

    Peer client() throws IOException {
        return Peer.connect(server.httpPort());
    }

    /** Waits until {@code expected} exchanges are over, and each was closed once. */
    void awaitOutcomes(Outcome... expected) {
        await().untilAsserted(() -> assertThat(outcomes).containsExactly(expected));
        assertThat(twice).isEmpty();
    }

    @Override
    public void close() {
        server.close();
        assertThat(twice).as("exchanges closed twice").isEmpty();
    }

    /** Collects what differs from test to test. */
    static final class Builder {
        private final String manifest;
        private Settings settings = Settings.DEFAULT;
        private UnaryOperator<Route> routes = UnaryOperator.identity();
        private TransportLimits limits = TransportLimits.DEFAULT;
        private @Nullable TlsEngine tls;
        private @Nullable Path ticketKeys;
        private Duration grace = Duration.ofSeconds(5);
        private int threads = 2;

        private Builder(String manifest) {
            this.manifest = manifest;
        }

        Builder options(Map<String, String> options) {
            settings = settings.with(options);
            return this;
        }

        /** Changes the policies of the one route. */
        Builder policies(UnaryOperator<RoutePolicies.Builder> change) {
            routes = route ->
                    route.with(change.apply(route.policies().toBuilder()).build());
            return this;
        }

        Builder limits(TransportLimits limits) {
            this.limits = limits;
            return this;
        }

        Builder tls() {
            return tls(TlsEngine.AUTO);
        }

        Builder tls(TlsEngine engine) {
            tls = engine;
            return this;
        }

        Builder ticketKeys(Path file) {
            ticketKeys = file;
            return this;
        }

        Builder grace(Duration grace) {
            this.grace = grace;
            return this;
        }

        Builder threads(int threads) {
            this.threads = threads;
            return this;
        }

        Proxy start() {
            return new Proxy(settings, routes, resources(manifest), limits, tls, ticketKeys, grace, threads);
        }
    }
}
