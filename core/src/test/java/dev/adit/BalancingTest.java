package dev.adit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.balancer.BalancerListener;
import dev.adit.balancer.CircuitLimits;
import dev.adit.balancer.Endpoint;
import dev.adit.balancer.HealthCheck;
import dev.adit.balancer.OutlierDetection;
import dev.adit.balancer.PoolSettings;
import dev.adit.diagnostic.Diagnostic;
import dev.adit.exchange.Exchange;
import dev.adit.exchange.Forward;
import dev.adit.exchange.Headers;
import dev.adit.exchange.Outcome;
import dev.adit.exchange.Relay;
import dev.adit.exchange.Reply;
import dev.adit.exchange.ResponseHead;
import dev.adit.exchange.ResponseSink;
import dev.adit.exchange.Step;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.ResourceSet;
import dev.adit.policy.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From the annotations of an Ingress to the endpoint that serves a request, and the cookie that its client gets. */
class BalancingTest {
    private static final String ENDPOINT =
            "- {addresses: [10.0.0.%d], conditions: {ready: %s, serving: true, terminating: %s}}";

    /** @param draining the number of an endpoint that terminates, or 0 */
    private static ResourceSet resources(String annotations, int endpoints, int draining) {
        StringBuilder list = new StringBuilder();
        for (int i = 1; i <= endpoints; i++) {
            list.append("\n").append(ENDPOINT.formatted(i, i != draining, i == draining));
        }
        return ManifestReader.strict()
                .read("test.yaml", """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata:
                  name: web
                  namespace: shop
                  annotations: {%s}
                spec:
                  rules:
                  - host: a.test
                    http:
                      paths:
                      - {path: /app, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
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
                ports: [{name: "", port: 8080}]
                endpoints:%s
                """.formatted(prefixed(annotations), list))
                .resourceSet();
    }

    /** {@code key=value; key=value} as a flow mapping of quoted texts. */
    private static String prefixed(String annotations) {
        List<String> entries = new ArrayList<>();
        for (String annotation : annotations.split("; ")) {
            int equals = annotation.indexOf('=');
            if (equals > 0) {
                entries.add("nginx.ingress.kubernetes.io/" + annotation.substring(0, equals) + ": '"
                        + annotation.substring(equals + 1) + "'");
            }
        }
        return String.join(", ", entries);
    }

    private static Gateway gateway(String annotations, int endpoints) {
        return Gateway.builder()
                .random(new SplittableRandom(1))
                .sessionKey(new byte[16])
                .clock(() -> Instant.parse("2026-01-02T03:04:00Z"))
                .resources(resources(annotations, endpoints, 0))
                .build();
    }

    /** What a client sees of one request. */
    record Seen(@Nullable Endpoint endpoint, @Nullable String cookie) {}

    static Seen ask(Gateway gateway, TestRequest request, String client, boolean secure) {
        Exchange exchange = gateway.open(gateway.connection(client, secure, 80, null), request);
        Step step = exchange.start();
        if (!(step instanceof Forward)) {
            return new Seen(null, null);
        }
        return answered(exchange);
    }

    private static Seen answered(Exchange exchange) {
        Endpoint endpoint = exchange.endpoint();
        Relay relay = (Relay) exchange.upstreamHead(new Answer(), false);
        List<String> cookies = new ArrayList<>();
        relay.writeHead(new ResponseSink() {
            @Override
            public void start(int status) {
                assertThat(status).isEqualTo(200);
            }

            @Override
            public void field(CharSequence name, CharSequence value) {
                if (name.toString().equals("Set-Cookie")) {
                    cookies.add(value.toString());
                }
            }
        });
        exchange.close(Outcome.COMPLETED);
        assertThat(cookies).hasSizeLessThanOrEqualTo(1);
        return new Seen(endpoint, cookies.isEmpty() ? null : cookies.get(0));
    }

    /** 200 without fields. */
    private static final class Answer implements ResponseHead {
        @Override
        public int status() {
            return 200;
        }

        @Override
        public Headers headers() {
            return new TestRequest.Fields();
        }
    }

    static TestRequest get(String target, String... fields) {
        TestRequest request = TestRequest.get("a.test", target);
        for (int i = 0; i < fields.length; i += 2) {
            request.headers().with(fields[i], fields[i + 1]);
        }
        return request;
    }

    static Seen ask(Gateway gateway, @Nullable String cookie) {
        return ask(gateway, cookie == null ? get("/app") : get("/app", "Cookie", cookie), "192.0.2.1", false);
    }

    /** {@code name=value} of a Set-Cookie. */
    static String pair(@Nullable String setCookie) {
        return Objects.requireNonNull(setCookie).replaceAll(";.*", "");
    }

    private static List<String> complaints(Gateway gateway) {
        return gateway.compilation().diagnostics().stream()
                .filter(diagnostic -> diagnostic.field().contains("annotations"))
                .map(Diagnostic::message)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "'', RoundRobin",
        "load-balance=round_robin, RoundRobin",
        "load-balance=ewma, PeakEwma",
        "load-balance=least-connections, LeastConnections",
        "load-balance=random-of-two, LeastConnections",
        "upstream-hash-by=$request_uri, ConsistentHash",
        "load-balance=ewma; upstream-hash-by=$host, ConsistentHash",
        "upstream-hash-by=$host; upstream-hash-by-subset=true, Subset",
        "affinity=cookie, ConsistentHash",
        "affinity=cookie; affinity-mode=persistent, Sticky",
        "affinity=cookie; affinity-mode=persistent; upstream-hash-by=$host, Sticky"
    })
    void annotationsChooseThePolicy(String annotations, String policy) {
        Gateway gateway = gateway(annotations, 3);
        assertThat(complaints(gateway)).isEmpty();
        assertThat(gateway.table()
                        .routes()
                        .get(0)
                        .backend()
                        .pool()
                        .policy()
                        .getClass()
                        .getSimpleName())
                .isEqualTo(policy);
    }

    @ParameterizedTest
    @CsvSource({
        "load-balance=ip_hash, is none of round_robin, true",
        "upstream-hash-by=$nonsense, has the unknown variable $nonsense, true",
        "upstream-hash-by=a$, has a $ that begins no variable, true",
        "upstream-hash-by=${host, has a $ that begins no variable, true",
        "affinity=ip, is not cookie, false",
        "affinity=cookie; affinity-mode=odd, 'is none of balanced, persistent', false",
        "affinity=cookie; session-cookie-name=a b, holds characters that do not belong there, false",
        "affinity=cookie; session-cookie-path=app, holds characters that do not belong there, false",
        "affinity=cookie; session-cookie-max-age=soon, is not a whole number, false",
        "upstream-hash-by=$host; upstream-hash-by-subset=1; upstream-hash-by-subset-size=99, is not between 1 and 32, false"
    })
    void whatCannotBeMeantIsReported(String annotations, String complaint, boolean refused) {
        Gateway gateway = gateway(annotations, 3);
        assertThat(complaints(gateway)).singleElement().asString().contains(complaint);
        assertThat(gateway.table().routes().isEmpty()).isEqualTo(refused);
    }

    @ParameterizedTest
    @CsvSource({
        "$request_uri, /app?a=1, /app?a=2, same",
        "$uri, /app/x?a=1, /app/x?a=2, equal",
        "$arg_user, /app?user=7&x=1, /app?y=2&user=7, equal",
        "$arg_user, /app?user=7, /app?user=8, same",
        "$http_x_tenant, /app, /app/b, equal",
        "${cookie_s}-$host, /app, /app/b, equal"
    })
    void whatIsHashedDecides(String by, String first, String second, String expected) {
        Gateway gateway = gateway("upstream-hash-by=" + by, 50);
        TestRequest one = get(first, "X-Tenant", "blue", "Cookie", "s=1");
        TestRequest other = get(second, "X-Tenant", "blue", "Cookie", "t=2; s=1");
        Endpoint home = ask(gateway, one, "192.0.2.1", false).endpoint;
        for (int i = 0; i < 3; i++) {
            assertThat(ask(gateway, one, "192.0.2." + i, false)).isEqualTo(new Seen(home, null));
        }
        Endpoint elsewhere = ask(gateway, other, "192.0.2.1", false).endpoint;
        assertThat(elsewhere.equals(home)).isEqualTo(expected.equals("equal"));
    }

    @Test
    void clientsOfOneAddressMeetOneEndpointAndAllAreUsed() {
        Gateway gateway = gateway("upstream-hash-by=$remote_addr", 5);
        Map<String, Endpoint> homes = new HashMap<>();
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 100; i++) {
                String client = "192.0.2." + i;
                Endpoint met = ask(gateway, get("/app?" + round), client, false).endpoint;
                assertThat(homes.computeIfAbsent(client, c -> met)).isEqualTo(met);
            }
        }
        assertThat(new HashSet<>(homes.values())).hasSize(5);
    }

    @Test
    void aSubsetServesEachKeyInTurn() {
        Gateway gateway = gateway("upstream-hash-by=$host; upstream-hash-by-subset=true", 20);
        Set<Endpoint> met = new HashSet<>();
        for (int i = 0; i < 30; i++) {
            met.add(ask(gateway, (String) null).endpoint);
        }
        assertThat(met).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"balanced", "persistent"})
    void aClientStaysWhereItsCookieSays(String mode) {
        Gateway gateway = gateway("affinity=cookie; affinity-mode=" + mode, 10);
        Set<Endpoint> homes = new HashSet<>();
        for (int client = 0; client < 30; client++) {
            Seen first = ask(gateway, (String) null);
            String cookie = pair(first.cookie);
            assertThat(cookie).startsWith("INGRESSCOOKIE=");
            for (int i = 0; i < 3; i++) {
                assertThat(ask(gateway, "a=b; " + cookie)).isEqualTo(new Seen(first.endpoint, null));
            }
            homes.add(first.endpoint);
        }
        assertThat(homes).hasSizeGreaterThan(5);
    }

    @Test
    void aPersistentClientMovesOnlyWhenItsEndpointIsGone() {
        String annotations = "affinity=cookie; affinity-mode=persistent";
        Gateway gateway = gateway(annotations, 3);
        Map<String, Endpoint> homes = new HashMap<>();
        for (int i = 0; i < 30; i++) {
            Seen seen = ask(gateway, (String) null);
            homes.put(pair(seen.cookie), seen.endpoint);
        }
        for (int[] change : new int[][] {{9, 0}, {9, 3}, {3, 3}}) {
            gateway.update(resources(annotations, change[0], change[1]));
            homes.forEach((cookie, home) -> assertThat(ask(gateway, cookie)).isEqualTo(new Seen(home, null)));
        }
        for (int i = 0; i < 6; i++) {
            assertThat(ask(gateway, (String) null).endpoint.host())
                    .as("who terminates gets no new sessions")
                    .isNotEqualTo("10.0.0.3");
        }
        gateway.update(resources(annotations, 2, 0));
        Gateway replica = gateway(annotations, 2);
        homes.forEach((cookie, home) -> {
            Seen now = ask(gateway, cookie);
            if (home.host().equals("10.0.0.3")) {
                assertThat(now.endpoint).isNotNull();
                assertThat(ask(gateway, pair(now.cookie))).isEqualTo(new Seen(now.endpoint, null));
                assertThat(ask(replica, cookie)).as("at a replica").isEqualTo(now);
            } else {
                assertThat(now).isEqualTo(new Seen(home, null));
            }
        });
    }

    @Test
    void aCookieThatWeDidNotMakeIsNobodys() {
        Gateway gateway = gateway("affinity=cookie; affinity-mode=persistent", 3);
        Set<Endpoint> met = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            Seen seen = ask(gateway, "INGRESSCOOKIE=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
            assertThat(seen.cookie).isNotNull();
            met.add(seen.endpoint);
        }
        assertThat(met).hasSize(3);
        String theirs = pair(ask(gateway, (String) null).cookie);
        Gateway other = Gateway.builder()
                .resources(resources("affinity=cookie; affinity-mode=persistent", 3, 0))
                .build();
        assertThat(ask(other, theirs).cookie).as("of another key").isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "affinity=cookie | false | ; Path=/app; HttpOnly",
                "affinity=cookie | true | ; Path=/app; Secure; HttpOnly",
                "affinity=cookie; session-cookie-secure=true | false | ; Path=/app; Secure; HttpOnly",
                "affinity=cookie; session-cookie-samesite=lax | false | ; Path=/app; HttpOnly; SameSite=Lax",
                "affinity=cookie; session-cookie-path=/; session-cookie-domain=a.test | false | ; Domain=a.test; Path=/; HttpOnly",
                "affinity=cookie; session-cookie-max-age=60 | false | ; Max-Age=60; Path=/app; HttpOnly",
                "affinity=cookie; session-cookie-max-age=60; session-cookie-expires=90 | false | ; Expires=Fri, 02 Jan 2026 03:05:30 GMT; Max-Age=60; Path=/app; HttpOnly",
                "affinity=cookie; session-cookie-expires=0 | false | ; Expires=Fri, 02 Jan 2026 03:04:00 GMT; Path=/app; HttpOnly",
                "affinity=cookie; session-cookie-expires=-1 | false | ; Path=/app; HttpOnly",
                "affinity=cookie; session-cookie-samesite=None; session-cookie-conditional-samesite-none=true | false | ; Path=/app; HttpOnly; SameSite=None"
            })
    void theCookieHasItsAttributes(String annotations, boolean secure, String attributes) {
        Gateway gateway = gateway(annotations + "; session-cookie-name=route", 3);
        assertThat(complaints(gateway)).isEmpty();
        String cookie = ask(gateway, get("/app"), "192.0.2.1", secure).cookie;
        assertThat(pair(cookie)).matches("route=[A-Za-z0-9_-]{32}");
        assertThat(cookie)
                .endsWith(attributes.strip())
                .hasSize(pair(cookie).length() + attributes.strip().length());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Mozilla/5.0 (iPhone; CPU iPhone OS 12_1_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.0 Mobile/15E148 Safari/604.1 | false",
                "Mozilla/5.0 (iPad; CPU OS 12_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/80.0 Mobile/15E148 Safari/604.1 | false",
                "Mozilla/5.0 (iPhone; CPU iPhone OS 13_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Mobile/15E148 Safari/604.1 | true",
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1.2 Safari/605.1.15 | false",
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_6) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/80.0.3987.132 Safari/537.36 | true",
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.14; rv:74.0) Gecko/20100101 Firefox/74.0 | true",
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15 | true",
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/66.0.3359.181 Safari/537.36 | false",
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/70.0.3538.77 Safari/537.36 | true",
                "curl/8.0 | true",
                "'' | true"
            })
    void browsersThatWouldRefuseItAreSparedSameSiteNone(String userAgent, boolean sent) {
        String annotations = "affinity=cookie; session-cookie-samesite=None; session-cookie-conditional-samesite-none=";
        TestRequest request = userAgent.isEmpty() ? get("/app") : get("/app", "User-Agent", userAgent);
        String cookie = ask(gateway(annotations + "true", 1), request, "192.0.2.1", true).cookie;
        assertThat(Objects.requireNonNull(cookie).endsWith("; SameSite=None")).isEqualTo(sent);
        assertThat(ask(gateway(annotations + "false", 1), request, "192.0.2.1", true).cookie)
                .endsWith("; SameSite=None");
    }

    @ParameterizedTest
    @CsvSource({"balanced, false", "balanced, true", "persistent, false", "persistent, true"})
    void whoFailsKeepsItsClientsUnlessTheyMayChange(String mode, boolean change) {
        Gateway gateway =
                gateway("affinity=cookie; affinity-mode=" + mode + "; session-cookie-change-on-failure=" + change, 4);
        Seen first = ask(gateway, (String) null);
        Exchange exchange = gateway.open(
                gateway.connection("192.0.2.1", false, 80, null), get("/app", "Cookie", pair(first.cookie)));
        assertThat(exchange.start()).isInstanceOf(Forward.class);
        assertThat(exchange.endpoint()).isEqualTo(first.endpoint);
        UpstreamFailure refused = new UpstreamFailure(UpstreamFailure.Kind.CONNECT, false, false, true, "refused");
        assertThat(exchange.upstreamFailed(refused)).isInstanceOf(Forward.class);
        assertThat(exchange.endpoint().equals(first.endpoint)).isEqualTo(!change);
        Seen again = answered(exchange);
        assertThat(again.cookie == null).isEqualTo(!change);
        if (change && mode.equals("persistent")) {
            assertThat(ask(gateway, pair(again.cookie))).isEqualTo(new Seen(again.endpoint, null));
        }
    }

    @Test
    void theEmbedderSaysWhatElsePoolsDo() {
        List<String> events = new ArrayList<>();
        Gateway gateway = Gateway.builder()
                .resources(resources("", 2, 0))
                .pools(settings -> settings.with(OutlierDetection.DEFAULT.withConsecutiveFailures(1))
                        .with(new CircuitLimits(2, 2)))
                .endpointListener(new BalancerListener() {
                    @Override
                    public void ejected(Endpoint endpoint, Cause cause, Duration time) {
                        events.add(endpoint.host() + " " + cause);
                    }
                })
                .build();
        Exchange failing = gateway.open(gateway.connection("192.0.2.1", false, 80, null), get("/app"));
        failing.start();
        Endpoint dead = Objects.requireNonNull(failing.endpoint());
        UpstreamFailure refused = new UpstreamFailure(UpstreamFailure.Kind.CONNECT, false, false, true, "refused");
        assertThat(failing.upstreamFailed(refused)).isInstanceOf(Forward.class);
        assertThat(events).containsExactly(dead.host() + " CONSECUTIVE_FAILURES");
        for (int i = 0; i < 4; i++) {
            assertThat(ask(gateway, (String) null).endpoint).isNotNull().isNotEqualTo(dead);
        }
        Exchange second = gateway.open(gateway.connection("192.0.2.1", false, 80, null), get("/app"));
        assertThat(second.start()).isInstanceOf(Forward.class);
        Exchange third = gateway.open(gateway.connection("192.0.2.1", false, 80, null), get("/app"));
        assertThat(third.start()).isInstanceOfSatisfying(Reply.class, reply -> {
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.reason()).isEqualTo("overloaded");
            assertThat(reply.headers()).contains(Map.entry("Retry-After", "1"));
        });
        List.of(failing, second, third).forEach(exchange -> exchange.close(Outcome.COMPLETED));
        assertThat(ask(gateway, (String) null).endpoint).isNotNull();
    }

    @Test
    void ownAnnotationsSayWhatPoolsDoAndOptionsWhatTheyDoOtherwise() {
        String annotations = "'adit.dev/health-check': http, 'adit.dev/health-check-path': /up,"
                + " 'adit.dev/max-requests': many, 'adit.dev/retries': '3'";
        ResourceSet resources = ManifestReader.strict()
                .read("test.yaml", """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: %1$s, namespace: shop, annotations: {%2$s}}
                spec:
                  rules:
                  - host: %1$s.test
                    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
                ---
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: plain, namespace: shop}
                spec:
                  rules:
                  - host: plain.test
                    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: shop}
                spec: {ports: [{port: 80}]}
                """.formatted("own", annotations))
                .resourceSet();
        Gateway gateway = Gateway.builder()
                .settings(Settings.DEFAULT.with(Map.of("health-check", "tcp", "health-check-unhealthy", "7")))
                .resources(resources)
                .build();
        Map<String, PoolSettings> pools = new HashMap<>();
        gateway.table()
                .routes()
                .forEach(route -> pools.put(
                        route.ingress(),
                        Objects.requireNonNull(route.backend().pool()).settings()));
        HealthCheck own = Objects.requireNonNull(pools.get("shop/own").check());
        assertThat(own.how()).isEqualTo(new HealthCheck.Way.Http(false, "", "/up", Set.of()));
        assertThat(own.unhealthy()).isEqualTo(7);
        assertThat(pools.get("shop/own").limits()).isEqualTo(CircuitLimits.NONE);
        assertThat(Objects.requireNonNull(pools.get("shop/plain").check()).how())
                .isEqualTo(new HealthCheck.Way.Tcp());
        assertThat(gateway.compilation().diagnostics())
                .filteredOn(d -> d.field().contains("adit.dev/"))
                .extracting(d -> d.code() + " " + d.field())
                .containsExactlyInAnyOrder(
                        "ANNOTATION_INVALID metadata.annotations.adit.dev/max-requests",
                        "ANNOTATION_UNKNOWN metadata.annotations.adit.dev/retries");
    }
}
