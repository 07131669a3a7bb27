package dev.adit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.adit.balancer.Endpoint;
import dev.adit.diagnostic.Code;
import dev.adit.exchange.PassedConnection;
import dev.adit.exchange.PassedConnection.End;
import dev.adit.exchange.Passthrough;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.ResourceSet;
import dev.adit.policy.Settings;
import dev.adit.tls.Identity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The annotation ssl-passthrough: who gets a connection, and what becomes of it. */
class PassthroughTest {
    private static final String ON = "nginx.ingress.kubernetes.io/ssl-passthrough: 'true'";
    private static final Identity DEFAULT = Identity.selfSigned(
            "default", List.of("default.test"), Instant.EPOCH, Instant.now().plus(Duration.ofDays(1)));

    private final AtomicLong nanos = new AtomicLong();
    private final List<PassedConnection> passed = new ArrayList<>();

    private Gateway gateway(ResourceSet resources, String... options) {
        Map<String, String> all = new HashMap<>(Map.of("enable-ssl-passthrough", "true"));
        for (String option : options) {
            all.put(option.substring(0, option.indexOf('=')), option.substring(option.indexOf('=') + 1));
        }
        return Gateway.builder()
                .settings(Settings.DEFAULT.with(all))
                .defaultIdentity(DEFAULT)
                .nanoTime(nanos::get)
                .listener(new GatewayListener() {
                    @Override
                    public void passed(PassedConnection connection) {
                        passed.add(connection);
                        if (connection.end() == End.UPSTREAM) {
                            throw new IllegalStateException("a listener's mistake");
                        }
                    }
                })
                .resources(resources)
                .build();
    }

    private static String ingress(String name, String annotations, String host) {
        return """
                ---
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: %s, namespace: shop, annotations: {%s}}
                spec:
                  tls: [{hosts: ['%s']}]
                  rules:
                  - host: '%s'
                    http:
                      paths:
                      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 443}}}}
                """.formatted(name, annotations, host, host).replace("  tls: [{hosts: ['']}]\n", "");
    }

    private static ResourceSet resources(String ingresses, String... addresses) {
        return ManifestReader.strict()
                .read("passthrough.yaml", ingresses + """
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: shop}
                spec: {ports: [{port: 443, targetPort: 8443}]}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
                addressType: IPv4
                ports: [{port: 8443}]
                endpoints: [{addresses: [%s]}]
                """.formatted(String.join("]}, {addresses: [", addresses)))
                .resourceSet();
    }

    private static Passthrough begin(Gateway gateway, String serverName, String client) {
        return gateway.passthrough(gateway.connection(client, true, 443, serverName));
    }

    private static Passthrough begin(Gateway gateway, String serverName) {
        return begin(gateway, serverName, "192.0.2.1");
    }

    private static String at(Passthrough passthrough) {
        Endpoint endpoint = passthrough.endpoint();
        return endpoint == null ? "nobody" : endpoint.host();
    }

    @ParameterizedTest
    @CsvSource({
        "a.test, through",
        "A.Test, through",
        "a.test., through",
        "x.p.test, through",
        "ended.p.test, ended",
        "y.x.p.test, default",
        "p.test, default",
        "b.test, default",
        "'a test', default",
    })
    void theNameInTheHelloDecides(String serverName, String expected) {
        Gateway gateway = gateway(resources(
                ingress("one", ON, "a.test") + ingress("below", ON, "*.p.test") + ingress("ended", "", "ended.p.test"),
                "10.1.0.1"));

        Passthrough begun = begin(gateway, serverName);

        assertThat(begun != null).isEqualTo(expected.equals("through"));
        assertThat(gateway.table().certificates().find(serverName))
                .isEqualTo(expected.equals("through") ? null : DEFAULT);
        if (begun != null) {
            assertThat(at(begun)).isEqualTo("10.1.0.1");
            begun.close(End.CLIENT, 0, 0);
        }
    }

    @Test
    void aHelloWithoutANameIsNotPassedThrough() {
        assertThat(begin(gateway(resources(ingress("one", ON, "a.test"), "10.1.0.1")), null))
                .isNull();
    }

    @Test
    void followsChangesOfTheAnnotation() {
        ResourceSet through = resources(ingress("one", ON, "a.test"), "10.1.0.1");
        ResourceSet ended = resources(ingress("one", "", "a.test"), "10.1.0.1");
        Gateway gateway = gateway(ended);
        for (ResourceSet next : List.of(through, ended, through)) {
            gateway.update(next);

            Passthrough begun = begin(gateway, "a.test");
            assertThat(begun != null).isEqualTo(next == through);
            assertThat(gateway.table().certificates().find("a.test")).isEqualTo(next == through ? null : DEFAULT);
            if (begun != null) {
                begun.close(End.CLIENT, 0, 0);
            }
            Gateway fresh = gateway(next);
            assertThat(gateway.compilation().diagnostics())
                    .isEqualTo(fresh.compilation().diagnostics());
        }
    }

    @Test
    void aliasesOfAHostThatIsPassedThroughLeadNowhere() {
        Gateway gateway = gateway(resources(
                ingress("a", ON, "a.test")
                        + ingress("b", "nginx.ingress.kubernetes.io/server-alias: alias.test", "a.test"),
                "10.1.0.1"));

        assertThat(begin(gateway, "alias.test")).isNull();
        assertThat(gateway.table().matcher().find("alias.test", "/")).isNull();
    }

    @Test
    void countsAsInFlightUntilItIsClosed() {
        Gateway gateway = gateway(resources(ingress("one", ON, "a.test"), "10.1.0.1"));
        Endpoint endpoint = Endpoint.of("10.1.0.1", 8443);
        Passthrough begun = begin(gateway, "a.test");
        assertThat(gateway.balancer().inFlight(endpoint)).isEqualTo(1);

        begun.connected();
        gateway.update(ResourceSet.EMPTY);
        assertThat(gateway.balancer().inFlight(endpoint)).isEqualTo(1);
        begun.close(End.CLIENT, 0, 0);
        begun.close(End.CLIENT, 0, 0);

        assertThat(gateway.balancer().inFlight(endpoint)).isZero();
        assertThat(begun.endpoint()).isNull();
        assertThat(begun.connectFailed(UpstreamFailure.Kind.CONNECT)).isNull();
    }

    @Test
    void triesEndpointsInTurnAndEachOnce() {
        Gateway gateway = gateway(resources(ingress("one", ON, "a.test"), "10.1.0.1", "10.1.0.2", "10.1.0.3"));
        Passthrough begun = begin(gateway, "a.test");
        Set<String> tried = new TreeSet<>(Set.of(at(begun)));

        tried.add(Objects.requireNonNull(begun.connectFailed(UpstreamFailure.Kind.CONNECT))
                .host());
        tried.add(Objects.requireNonNull(begun.connectFailed(UpstreamFailure.Kind.CONNECT))
                .host());

        assertThat(tried).containsExactly("10.1.0.1", "10.1.0.2", "10.1.0.3");
        assertThat(begun.connectFailed(UpstreamFailure.Kind.CONNECT)).isNull();
        begun.close(End.CLIENT, 0, 0);
        for (String host : tried) {
            assertThat(gateway.balancer().inFlight(Endpoint.of(host, 8443))).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy-next-upstream-tries=1", "proxy-next-upstream=off"})
    void settingsLimitTries(String option) {
        Gateway gateway = gateway(resources(ingress("one", ON, "a.test"), "10.1.0.1", "10.1.0.2"), option);

        assertThat(begin(gateway, "a.test").connectFailed(UpstreamFailure.Kind.CONNECT))
                .isNull();
    }

    @Test
    void connectionsThatFailEjectTheirEndpoint() {
        Gateway gateway = gateway(
                resources(ingress("one", ON, "a.test"), "10.1.0.1", "10.1.0.2"),
                "outlier-detection=on",
                "proxy-next-upstream=off");
        for (int failures = 0; failures < 5; ) {
            Passthrough begun = begin(gateway, "a.test");
            if (at(begun).equals("10.1.0.1")) {
                begun.connectFailed(UpstreamFailure.Kind.CONNECT);
                failures++;
            } else {
                begun.connected();
            }
            begun.close(End.CLIENT, 0, 0);
        }

        for (int i = 0; i < 4; i++) {
            Passthrough begun = begin(gateway, "a.test");
            assertThat(at(begun)).isEqualTo("10.1.0.2");
            begun.close(End.CLIENT, 0, 0);
        }
    }

    @Test
    void hashesTheClientsAddressWhereAskedTo() {
        Gateway gateway = gateway(resources(
                ingress("one", ON + ", nginx.ingress.kubernetes.io/upstream-hash-by: $remote_addr", "a.test"),
                "10.1.0.1",
                "10.1.0.2",
                "10.1.0.3"));
        Set<String> all = new TreeSet<>();
        for (int client = 0; client < 50; client++) {
            List<String> chosen = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Passthrough begun = begin(gateway, "a.test", "192.0.2." + client);
                chosen.add(at(begun));
                begun.close(End.CLIENT, 0, 0);
            }
            assertThat(new TreeSet<>(chosen)).hasSize(1);
            all.addAll(chosen);
        }
        assertThat(all).hasSize(3);
    }

    @Test
    void withoutEndpointsThereIsNobody() {
        Gateway gateway = gateway(ManifestReader.strict()
                .read("none.yaml", ingress("one", ON, "a.test"))
                .resourceSet());
        Passthrough begun = begin(gateway, "a.test");

        assertThat(begun.endpoint()).isNull();
        begun.close(End.CLIENT, 0, 0);
    }

    @Test
    void doesNotFailOnceItIsConnected() {
        Passthrough begun = begin(gateway(resources(ingress("one", ON, "a.test"), "10.1.0.1")), "a.test");
        begun.connected();

        assertThatThrownBy(() -> begun.connectFailed(UpstreamFailure.Kind.CONNECT))
                .isInstanceOf(IllegalStateException.class);
        begun.close(End.CLIENT, 0, 0);
    }

    @Test
    void listenersHearOnceHowItEndedAndTheirMistakesAreNobodysElse() {
        Gateway gateway = gateway(resources(ingress("one", ON, "a.test"), "10.1.0.1"));
        nanos.set(5);
        Passthrough begun = begin(gateway, "A.test", "192.0.2.7");
        begun.connected();
        nanos.set(1_005);
        begun.close(End.UPSTREAM, 67, 4);
        begun.close(End.CANCELLED, 68, 5);

        assertThat(passed).singleElement().satisfies(one -> {
            assertThat(one.client().address()).isEqualTo("192.0.2.7");
            assertThat(one.client().serverName()).isEqualTo("A.test");
            assertThat(one.route().ingress()).isEqualTo("shop/one");
            assertThat(one.endpoint()).isEqualTo(Endpoint.of("10.1.0.1", 8443));
            assertThat(one.time()).isEqualTo(Duration.ofNanos(1_000));
            assertThat(one.clientBytes()).isEqualTo(67);
            assertThat(one.upstreamBytes()).isEqualTo(4);
            assertThat(one.end()).isEqualTo(End.UPSTREAM);
        });
        assertThat(gateway.balancer().inFlight(Endpoint.of("10.1.0.1", 8443))).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void listenersHearWhoCouldNotBeConnectedTo(boolean endpoints) {
        String[] addresses = endpoints ? new String[] {"10.1.0.1", "10.1.0.2"} : new String[0];
        Gateway gateway = gateway(
                endpoints
                        ? resources(ingress("one", ON, "a.test"), addresses)
                        : ManifestReader.strict()
                                .read("none.yaml", ingress("one", ON, "a.test"))
                                .resourceSet());
        Passthrough begun = begin(gateway, "a.test");
        Endpoint last = null;
        for (Endpoint next = begun.endpoint(); next != null; next = begun.connectFailed(UpstreamFailure.Kind.CONNECT)) {
            last = next;
        }
        begun.close(End.NOT_CONNECTED, 0, 0);

        assertThat(last != null).isEqualTo(endpoints);
        assertThat(passed).extracting(PassedConnection::endpoint).containsExactly(last);
        assertThat(passed).extracting(PassedConnection::end).containsExactly(End.NOT_CONNECTED);
    }

    @Test
    void bytesAreNotNegative() {
        Passthrough begun = begin(gateway(resources(ingress("one", ON, "a.test"), "10.1.0.1")), "a.test");

        assertThatThrownBy(() -> begun.close(End.CLIENT, -1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> begun.close(End.CLIENT, 0, -1)).isInstanceOf(IllegalArgumentException.class);
        begun.close(End.CLIENT, 0, 0);
        assertThat(passed).hasSize(1);
    }

    private static final Map<String, String> KINDS = Map.of(
            "through", ON,
            "ends", "",
            "asks", "nginx.ingress.kubernetes.io/auth-tls-secret: shop/clients",
            "asks nobody", "nginx.ingress.kubernetes.io/auth-tls-verify-client: 'off'",
            "asks wrongly", "nginx.ingress.kubernetes.io/auth-tls-secret: elsewhere/clients",
            "asks, refused",
                    "nginx.ingress.kubernetes.io/auth-tls-secret: shop/clients, nginx.ingress.kubernetes.io/ssl-passthrough: maybe",
            "guards", "nginx.ingress.kubernetes.io/auth-url: https://auth.test/");

    /** The older of two Ingresses decides about the TLS of their host, and the finding names both. */
    @ParameterizedTest
    @CsvSource({
        "through,         ends,            through",
        "through,         asks,            through",
        "through,         asks wrongly,    through",
        "through,         'asks, refused', through",
        "through,         guards,          through",
        "ends,            through,         ended",
        "asks,            through,         ended",
        "asks nobody,     through,         ended",
        "asks wrongly,    through,         ended",
        "'asks, refused', through,         ended",
        "guards,          through,         ended",
    })
    void theOlderIngressDecidesWhereTlsEnds(String older, String younger, String expected) {
        String first = ingress("a", KINDS.get(older), "a.test");
        String second = ingress("b", KINDS.get(younger), "a.test");
        ResourceSet both = resources(first + second, "10.1.0.1");
        Gateway gateway = gateway(both);

        assertThat(end(gateway, "a.test")).isEqualTo(expected);
        boolean asks = older.startsWith("asks") && !older.endsWith("nobody");
        assertThat(gateway.table().clientAuth("a.test") != null)
                .as("clients are asked, or nobody is served")
                .isEqualTo(asks || younger.startsWith("asks"));
        if (!younger.endsWith("refused")) {
            assertThat(gateway.compilation().diagnostics())
                    .filteredOn(d -> d.code() == Code.SHADOWED)
                    .singleElement()
                    .satisfies(d -> assertThat(d.toString()).contains("shop/a", "shop/b"));
        }
        for (String before : List.of(second, first, "", second)) {
            gateway.update(resources(before, "10.1.0.1"));
            gateway.update(both);
            assertThat(end(gateway, "a.test")).isEqualTo(expected);
            assertThat(gateway.compilation().diagnostics())
                    .isEqualTo(gateway(both).compilation().diagnostics());
        }
        gateway.update(resources(second, "10.1.0.1"));
        assertThat(end(gateway, "a.test")).isEqualTo(younger.equals("through") ? "through" : "ended");
    }

    /** What becomes of TLS for {@code serverName}; where it is passed through it does not end here as well. */
    private static String end(Gateway gateway, String serverName) {
        Passthrough begun = begin(gateway, serverName);
        assertThat(gateway.table().certificates().find(serverName) == null).isEqualTo(begun != null);
        if (begun == null) {
            return "ended";
        }
        begun.close(End.CLIENT, 0, 0);
        return "through";
    }

    @ParameterizedTest
    @CsvSource({
        "through, '*.p.test', asks,    x.p.test,   x.p.test, ended,   asked",
        "through, '*.p.test', asks,    x.p.test,   y.p.test, through, free",
        "through, '*.p.test', ends,    x.p.test,   x.p.test, ended,   free",
        "asks,    '*.p.test', through, x.p.test,   x.p.test, through, free",
        "asks,    '*.p.test', through, x.p.test,   y.p.test, ended,   asked",
        "ends,    '*.p.test', through, x.p.test,   X.P.test., through, free",
        "asks,    '',         through, '*.p.test', x.p.test, through, free",
        "asks,    '',         through, '*.p.test', p.test,   ended,   asked",
    })
    void theHostThatServesANameDecidesWhereItsTlsEnds(
            String one, String host, String other, String otherHost, String name, String expected, String asked) {
        for (String path : List.of("/", "/x")) { // a host keeps its names from wildcards whatever its paths are
            String narrow = ingress("narrow", KINDS.get(other), otherHost);
            Gateway gateway = gateway(resources(
                    ingress("wide", KINDS.get(one), host)
                            + (other.equals("through") ? narrow : narrow.replace("path: /,", "path: " + path + ",")),
                    "10.1.0.1"));

            assertThat(end(gateway, name)).isEqualTo(expected);
            assertThat(gateway.table().clientAuth(name.toLowerCase(Locale.ROOT)) != null)
                    .isEqualTo(asked.equals("asked"));
        }
    }
}
