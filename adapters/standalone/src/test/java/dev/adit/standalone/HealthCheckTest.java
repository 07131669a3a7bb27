package dev.adit.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.adit.policy.Settings;
import dev.adit.sources.DirectorySource;
import dev.adit.standalone.RunningGateway.Listeners;
import dev.adit.tls.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Probes over TLS, from the option to what the operator sees. */
class HealthCheckTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final String MANIFESTS = """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: web
              namespace: shop
              annotations:
                nginx.ingress.kubernetes.io/backend-protocol: HTTPS
                adit.dev/health-check-path: /healthz
            spec:
              rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop}
            spec: {ports: [{port: 80}]}
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
            addressType: IPv4
            ports: [{name: "", port: %d}]
            endpoints: [{addresses: [127.0.0.1]}]
            """;

    @TempDir
    Path dir;

    private static SSLContext tls() throws Exception {
        Identity identity = Identity.selfSigned(
                "endpoint",
                List.of("web.test"),
                Instant.now().minus(Duration.ofDays(1)),
                Instant.now().plus(Duration.ofDays(1)));
        char[] password = "password".toCharArray();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry("endpoint", identity.key(), password, identity.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(keys, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void whatProbesSeeOverTlsStandsAtPools(Transport transport) throws Exception {
        AtomicInteger status = new AtomicInteger(200);
        HttpsServer endpoint = HttpsServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
        endpoint.setHttpsConfigurator(new HttpsConfigurator(tls()));
        endpoint.createContext("/healthz", exchange -> {
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        // One thread would wait for whoever has not finished its handshake.
        ExecutorService threads = Executors.newCachedThreadPool();
        endpoint.setExecutor(threads);
        endpoint.start();
        Files.writeString(
                dir.resolve("web.yaml"),
                MANIFESTS.formatted(endpoint.getAddress().getPort()));
        Settings settings = Settings.DEFAULT.with(Map.of(
                "health-check",
                "https",
                "health-check-interval",
                "1s",
                "health-check-timeout",
                "1s",
                "health-check-healthy",
                "1",
                "health-check-unhealthy",
                "1"));
        Listeners listeners = new Listeners(LOOPBACK, 0, -1, new InetSocketAddress(LOOPBACK, 0));
        try (RunningGateway running = RunningGateway.start(settings, DirectorySource.of(dir), transport, listeners)) {
            awaitEndpoint(running, "active", "status 200");
            status.set(503);
            awaitEndpoint(running, "down", "status 503");
            status.set(204);
            awaitEndpoint(running, "active", "status 204");
        } finally {
            endpoint.stop(0);
            threads.shutdownNow();
        }
    }

    /** Asks the operator's side until it says so: how long that takes is up to the machine. */
    private static void awaitEndpoint(RunningGateway running, String state, String detail) throws IOException {
        Instant late = Instant.now().plus(PATIENCE);
        JsonNode seen = endpoint(running);
        while (!isSo(seen, state, detail)) {
            assertThat(Instant.now()).as("%s, not %s: %s", seen, state, detail).isBefore(late);
            seen = endpoint(running);
        }
    }

    private static boolean isSo(JsonNode seen, String state, String detail) {
        return seen.get("state").asString().equals(state)
                && seen.has("probe")
                && seen.get("probe").get("detail").asString().equals(detail);
    }

    private static JsonNode endpoint(RunningGateway running) throws IOException {
        URI pools = URI.create("http://127.0.0.1:" + running.adminPort() + "/pools");
        byte[] json = pools.toURL().openStream().readAllBytes();
        return Json.MAPPER.readTree(json).get("pools").get(0).get("endpoints").get(0);
    }
}
