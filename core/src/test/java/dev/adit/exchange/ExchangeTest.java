package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.adit.policy.Retry;
import dev.adit.route.Backend;
import dev.adit.route.Protocol;
import dev.adit.tls.CertificateTable;
import dev.adit.tls.Identity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExchangeTest {
    private final Workbench bench = new Workbench();
    private final Backend shop = bench.backend("shop", 3);

    private Workbench serving(Workbench.Plan plan) {
        return bench.route("a.example", "/", plan);
    }

    private static UpstreamFailure failure(UpstreamFailure.Kind kind, boolean sent, boolean reused) {
        return new UpstreamFailure(kind, sent, reused, true, "");
    }

    @Test
    void aWholeExchange() {
        serving(new Workbench.Plan(shop));
        bench.nanos = 5;
        Exchange exchange = bench.open(ArrayHead.to("/x?y=z", "Host", "A.example:80"));
        assertThat(exchange.route()).isNull();
        Forward forward = (Forward) exchange.start();
        assertThat(forward.endpoint().host()).isEqualTo("shop-1");
        assertThat(forward.backend()).isSameAs(shop);
        assertThat(forward.protocol()).isEqualTo(Protocol.HTTP);
        assertThat(forward.freshConnection()).isFalse();
        assertThat(forward.upgrade()).isNull();
        assertThat(Workbench.Sent.of(forward).target()).isEqualTo("/x?y=z");
        assertThat(bench.inFlight(shop)).isEqualTo(1);
        assertThat(exchange.host()).isEqualTo("a.example");
        assertThat(exchange.path()).isEqualTo("/x");
        Relay relay = (Relay) exchange.upstreamHead(ArrayHead.response(200), true);
        assertThat(relay.upgraded()).isFalse();
        assertThat(Workbench.Sent.of(relay).status()).isEqualTo(200);
        assertThat(bench.inFlight(shop)).isEqualTo(1);
        bench.nanos = 12;
        assertThat(exchange.close(Outcome.COMPLETED)).isTrue();
        assertThat(exchange.close(Outcome.CLIENT_ABORTED)).isFalse();
        assertThat(exchange.elapsedNanos()).isEqualTo(7);
        assertThat(exchange.status()).isEqualTo(200);
        assertThat(exchange.attempts()).isEqualTo(1);
        assertThat(bench.inFlight(shop)).isZero();
        assertThat(bench.closed).containsExactly(Outcome.COMPLETED);
    }

    @ParameterizedTest
    @CsvSource({
        "CONNECT, a.example:443, 405",
        "TRACE, /, 405",
        "OPTIONS, *, 400",
        "GET, *, 400",
        "GET, x, 400",
        "GET, a.example:443, 400",
        "GET, ftp://a.example/x, 400",
        "GET, http:///x, 400",
        "GET, http://u@a.example/x, 400",
        "GET, http://b.example/x, 400",
        "GET, http://a.example:81/x, 400",
        "GET, http://a.example#x, 400",
        "GET, /x?a b, 400",
        "GET, /../x, 400",
        "'G ET', /x, 400",
        "'', /x, 400",
        "GET, /x, 200",
        "GET, http://a.example/x, 200",
        "GET, HTTP://A.Example:80/x, 200",
        "GET, http://a.example, 200",
        "GET, http://a.example?q, 200",
        "PROPFIND, /x, 200"
    })
    void methodsAndTargets(String method, String target, int status) {
        serving(new Workbench.Plan(shop));
        Step step = bench.start(ArrayHead.request(method, target, "Host", "a.example"));
        assertThat(step instanceof Reply reply ? reply.status() : 200).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({
        "http://a.example, /",
        "http://a.example?q=1, /?q=1",
        "http://a.example/%7ex?%7e, /~x?%7e",
        "//x/../y?z, /y?z"
    })
    void whatIsMatchedIsForwardedInOriginForm(String target, String forwarded) {
        serving(new Workbench.Plan(shop));
        Workbench.Sent sent = bench.sent(ArrayHead.to(target, "Host", "a.example"));
        assertThat(sent.target()).isEqualTo(forwarded);
        assertThat(sent.get("host")).isEqualTo("a.example");
    }

    @Test
    void targetsHaveALimit() {
        serving(new Workbench.Plan(shop));
        String longest = "/" + "x".repeat(8191);
        assertThat(bench.start(ArrayHead.to(longest, "Host", "a.example"))).isInstanceOf(Forward.class);
        Reply reply = bench.reply(ArrayHead.to(longest + "x", "Host", "a.example"));
        assertThat(reply.status()).isEqualTo(414);
        assertThat(reply.close()).isTrue();
    }

    @Test
    void hosts() {
        serving(new Workbench.Plan(shop)).defaultRoute(new Workbench.Plan(bench.backend("any", 1)));
        assertThat(bench.reply(ArrayHead.to("/")).reason()).isEqualTo("bad-host");
        assertThat(bench.reply(ArrayHead.to("http://a.example/")).reason()).isEqualTo("bad-host");
        assertThat(bench.reply(ArrayHead.to("/", "Host", "a.example", "host", "a.example"))
                        .reason())
                .isEqualTo("bad-host");
        assertThat(bench.reply(ArrayHead.to("/", "Host", "a@b")).status()).isEqualTo(400);
        assertThat(service(ArrayHead.to("/", "Host", ""))).isEqualTo("any");
        assertThat(service(ArrayHead.to("/", "Host", "192.0.2.1"))).isEqualTo("any");
        assertThat(service(ArrayHead.to("/").over(HttpVersion.HTTP_1_0))).isEqualTo("any");
        assertThat(service(ArrayHead.to("http://a.example/").over(HttpVersion.HTTP_1_0)))
                .isEqualTo("shop");
        assertThat(service(ArrayHead.to("/").http2("a.example"))).isEqualTo("shop");
        assertThat(service(ArrayHead.to("/", "Host", "A.EXAMPLE:80").http2("a.example")))
                .isEqualTo("shop");
        assertThat(bench.reply(ArrayHead.to("/", "Host", "b.example").http2("a.example"))
                        .status())
                .isEqualTo(400);
        assertThat(bench.reply(ArrayHead.to("/").http2(null)).status()).isEqualTo(400);
        assertThat(bench.reply(ArrayHead.to("http://a.example/").http2("a.example"))
                        .status())
                .isEqualTo(400);
    }

    private String service(RequestHead request) {
        return bench.forward(request).backend().service();
    }

    @Test
    void aHostOfAnotherCertificateIsMisdirectedWhereThatIsAskedFor() {
        Instant now = Instant.now();
        Identity one = Identity.selfSigned("one", List.of("a.example"), now, now.plusSeconds(60));
        Identity other = Identity.selfSigned("other", List.of("b.example"), now, now.plusSeconds(60));
        serving(new Workbench.Plan(shop)).defaultRoute(new Workbench.Plan(shop));
        bench.certificates(CertificateTable.builder()
                .host("a.example", one)
                .host("www.a.example", one)
                .host("b.example", other)
                .build());
        ArrayHead request = ArrayHead.to("/", "Host", "a.example");
        assertThat(bench.serverName("b.example").start(request)).isInstanceOf(Forward.class);
        bench.settings(TestSettings.misdirectedRequests());
        Reply reply = bench.serverName("b.example").reply(request);
        assertThat(reply.status()).isEqualTo(421);
        assertThat(reply.body()).isEqualTo("421 Misdirected Request\n");
        assertThat(bench.serverName(null).reply(request).status()).isEqualTo(421);
        assertThat(bench.serverName("A.example").start(request)).isInstanceOf(Forward.class);
        assertThat(bench.serverName("www.a.example").start(request)).isInstanceOf(Forward.class);
        assertThat(bench.serverName(null).start(ArrayHead.to("/", "Host", "c.example")))
                .isInstanceOf(Forward.class);
        assertThat(bench.from("203.0.113.7", false, 80).start(request)).isInstanceOf(Forward.class);
    }

    @Test
    void repliesArePlainAndShort() {
        serving(new Workbench.Plan(shop));
        Reply reply = bench.reply(ArrayHead.to("/", "Host", "b.example"));
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.reason()).isEqualTo("no-route");
        assertThat(reply.body()).isEqualTo("404 Not Found\n");
        assertThat(reply.headers()).containsExactly(Map.entry("Content-Type", "text/plain; charset=utf-8"));
        assertThat(reply.close()).isFalse();
        assertThat(bench.reply(ArrayHead.request("TRACE", "/")).headers())
                .contains(Map.entry("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
    }

    @Test
    void noEndpointsNoServiceAndFallbacks() {
        Backend empty = bench.backend("empty", 0);
        Backend missing = new Backend("default", "gone", "80", Protocol.HTTP, null, "service-missing", 503, null);
        Backend nothing = new Backend("default", "", "", Protocol.HTTP, null, "resource-backend", 404, null);
        serving(new Workbench.Plan(empty));
        bench.route("b.example", "/", new Workbench.Plan(missing));
        bench.route("c.example", "/", new Workbench.Plan(nothing));
        bench.route("d.example", "/", new Workbench.Plan(Workbench.backend("main", empty.pool(), shop)));
        assertThat(bench.reply(ArrayHead.to("/", "Host", "a.example")))
                .extracting(Reply::status, Reply::reason)
                .containsExactly(503, "no-endpoints");
        assertThat(bench.reply(ArrayHead.to("/", "Host", "b.example")))
                .extracting(Reply::status, Reply::reason)
                .containsExactly(503, "service-missing");
        assertThat(bench.reply(ArrayHead.to("/", "Host", "c.example")))
                .extracting(Reply::status, Reply::reason)
                .containsExactly(404, "resource-backend");
        Forward forward = bench.forward(ArrayHead.to("/x", "Host", "d.example", "Accept", "text/html", "X-Code", "1"));
        assertThat(forward.backend()).isSameAs(shop);
        Workbench.Sent sent = Workbench.Sent.of(forward);
        assertThat(sent.get("X-Code")).isEqualTo("503");
        assertThat(sent.get("X-Format")).isEqualTo("text/html");
        assertThat(sent.get("X-Namespace")).isEqualTo("default");
        assertThat(sent.get("X-Ingress-Name")).isEqualTo("ing");
        assertThat(sent.get("X-Service-Name")).isEqualTo("main");
        assertThat(sent.get("X-Service-Port")).isEqualTo("80");
    }

    @Test
    void aFailedConnectMovesOnAndReleasesTheLastEndpoint() {
        serving(new Workbench.Plan(shop));
        Exchange exchange = bench.open(ArrayHead.request("POST", "/", "Host", "a.example"));
        Forward first = (Forward) exchange.start();
        Forward second = (Forward) exchange.upstreamFailed(failure(UpstreamFailure.Kind.CONNECT, false, false));
        assertThat(second.endpoint()).isNotEqualTo(first.endpoint());
        assertThat(bench.inFlight(shop)).isEqualTo(1);
        exchange.upstreamFailed(failure(UpstreamFailure.Kind.CONNECT_TIMEOUT, false, false));
        Reply reply = (Reply) exchange.upstreamFailed(failure(UpstreamFailure.Kind.CONNECT, false, false));
        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.reason()).isEqualTo("connect-failed");
        assertThat(exchange.attempts()).isEqualTo(3);
        assertThat(bench.inFlight(shop)).isZero();
        exchange.close(Outcome.COMPLETED);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, CLOSED, true, true, true, 0",
        "PUT, CLOSED, true, true, true, 0",
        "POST, CLOSED, true, true, true, 502",
        "PATCH, CLOSED, true, true, true, 502",
        "POST, CLOSED, false, true, true, 0",
        "POST, CONNECT, false, false, true, 502",
        "GET, CLOSED, true, false, true, 502",
        "GET, CLOSED, true, true, false, 502",
        "GET, CLOSED, false, true, false, 0",
        "GET, TIMEOUT, true, true, true, 0",
        "GET, TIMEOUT, true, true, false, 504",
        "POST, TIMEOUT, true, true, true, 504",
        "GET, CONNECT_TIMEOUT, false, true, false, 0",
        "GET, BAD_RESPONSE, true, true, true, 502",
        "GET, BAD_RESPONSE, false, true, true, 502"
    })
    void whatIsRepeated(
            String method, UpstreamFailure.Kind kind, boolean sent, boolean replayable, boolean wanted, int status) {
        serving(new Workbench.Plan(shop)
                .retry(Retry.DEFAULT.withOn(Set.of(
                        wanted ? Retry.On.ERROR : Retry.On.HTTP_500, wanted ? Retry.On.TIMEOUT : Retry.On.HTTP_502))));
        Exchange exchange = bench.open(ArrayHead.request(method, "/", "Host", "a.example"));
        exchange.start();
        Step step = exchange.upstreamFailed(new UpstreamFailure(kind, sent, false, replayable, ""));
        assertThat(step instanceof Reply reply ? reply.status() : 0).isEqualTo(status);
        assertThat(bench.inFlight(shop)).isEqualTo(status == 0 ? 1 : 0);
        exchange.close(Outcome.COMPLETED);
    }

    @Test
    void oneTryIsOneTry() {
        serving(new Workbench.Plan(shop).retry(Retry.DEFAULT.withTries(1)));
        Exchange exchange = bench.open(ArrayHead.to("/", "Host", "a.example"));
        exchange.start();
        assertThat(exchange.upstreamFailed(failure(UpstreamFailure.Kind.CONNECT, false, false)))
                .isInstanceOf(Reply.class);
    }

    @Test
    void aStaleConnectionIsRepeatedOnceOnAFreshOneToTheOnlyEndpoint() {
        Backend single = bench.backend("single", 1);
        serving(new Workbench.Plan(single));
        Exchange exchange = bench.open(ArrayHead.to("/", "Host", "a.example"));
        Forward first = (Forward) exchange.start();
        UpstreamFailure stale = failure(UpstreamFailure.Kind.CLOSED, true, true);
        Forward second = (Forward) exchange.upstreamFailed(stale);
        assertThat(second.freshConnection()).isTrue();
        assertThat(second.endpoint()).isEqualTo(first.endpoint());
        assertThat(bench.inFlight(single)).isEqualTo(1);
        Reply reply = (Reply) exchange.upstreamFailed(stale);
        assertThat(reply.reason()).isEqualTo("upstream-closed");
        assertThat(bench.inFlight(single)).isZero();
    }

    @Test
    void aStaleConnectionIsNotRepeatedWhereItCouldActTwice() {
        serving(new Workbench.Plan(bench.backend("single", 1)));
        Exchange exchange = bench.open(ArrayHead.request("POST", "/", "Host", "a.example"));
        exchange.start();
        assertThat(exchange.upstreamFailed(failure(UpstreamFailure.Kind.CLOSED, true, true)))
                .isInstanceOf(Reply.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 100, 199, 600})
    void whatIsNoFinalHeadIsABadResponse(int status) {
        serving(new Workbench.Plan(shop));
        Exchange exchange = bench.open(ArrayHead.to("/", "Host", "a.example"));
        exchange.start();
        Reply reply = (Reply) exchange.upstreamHead(ArrayHead.response(status, "Upgrade", "websocket"), true);
        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.reason()).isEqualTo("bad-upstream-response");
        assertThat(bench.inFlight(shop)).isZero();
    }

    @ParameterizedTest
    @EnumSource(Outcome.class)
    void closingReleasesWhateverTheState(Outcome outcome) {
        serving(new Workbench.Plan(shop));
        RequestHead request = ArrayHead.to("/", "Host", "a.example");
        Exchange forwarding = bench.open(request);
        forwarding.start();
        Exchange relaying = bench.open(request);
        relaying.start();
        relaying.upstreamHead(ArrayHead.response(200), true);
        Exchange replying = bench.open(ArrayHead.to("/", "Host", "b.example"));
        replying.start();
        for (Exchange exchange : List.of(bench.open(request), forwarding, relaying, replying)) {
            assertThat(exchange.close(outcome)).isTrue();
        }
        assertThat(bench.inFlight(shop)).isZero();
        assertThat(bench.closed).containsExactly(outcome, outcome, outcome, outcome);
    }

    @Test
    void aClosedExchangeTakesNoLease() {
        serving(new Workbench.Plan(shop));
        RequestHead request = ArrayHead.to("/", "Host", "a.example");
        Exchange early = bench.open(request);
        early.close(Outcome.CANCELLED);
        assertThat(early.start()).isInstanceOf(Reply.class);
        Exchange late = bench.open(request);
        late.start();
        late.close(Outcome.CLIENT_ABORTED);
        assertThat(late.upstreamFailed(failure(UpstreamFailure.Kind.CONNECT, false, false)))
                .isInstanceOf(Reply.class);
        assertThat(bench.inFlight(shop)).isZero();
    }

    @Test
    void stepsOutOfTurnAreAProgrammingError() {
        serving(new Workbench.Plan(shop));
        Exchange exchange = bench.open(ArrayHead.to("/", "Host", "a.example"));
        assertThatThrownBy(() -> exchange.upstreamHead(ArrayHead.response(200), true))
                .isInstanceOf(IllegalStateException.class);
        exchange.start();
        assertThatThrownBy(exchange::start).isInstanceOf(IllegalStateException.class);
        exchange.upstreamHead(ArrayHead.response(200), true);
        assertThatThrownBy(() -> exchange.upstreamFailed(failure(UpstreamFailure.Kind.CLOSED, true, false)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> exchange.interim(ArrayHead.response(200)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aListenerThatFailsDoesNotHurtTheTransport() {
        ExchangeFactory factory =
                new ExchangeFactory(dev.adit.policy.Settings.DEFAULT, bench.random, () -> 0, (exchange, outcome) -> {
                    throw new IllegalStateException("boom");
                });
        Exchange exchange = factory.open(
                serving(new Workbench.Plan(shop)).table(),
                factory.connection("::1", false, 80, null),
                ArrayHead.to("/", "Host", "a.example"));
        exchange.start();
        assertThat(exchange.close(Outcome.COMPLETED)).isTrue();
        assertThat(bench.inFlight(shop)).isZero();
    }
}
