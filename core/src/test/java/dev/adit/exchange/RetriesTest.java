package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.policy.Mirror;
import dev.adit.policy.Retry;
import dev.adit.policy.Retry.On;
import dev.adit.route.Backend;
import dev.adit.route.Route;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers that are repeated elsewhere, how much of a body is kept for that, and copies for others. */
class RetriesTest {
    private final Workbench bench = new Workbench();
    private final Backend shop = bench.backend("shop", 2);

    private Exchange serving(Retry retry, String method) {
        bench.route("a.example", "/", new Workbench.Plan(shop).retry(retry));
        return bench.open(ArrayHead.request(method, "/x?y", "Host", "a.example"));
    }

    @ParameterizedTest
    @CsvSource({
        "http_502, GET, 502, true, true",
        "http_502, GET, 503, true, false",
        "http_502, GET, 502, false, false",
        "http_502, POST, 502, true, false",
        "http_502 non_idempotent, POST, 502, true, true",
        "non_idempotent, GET, 502, true, false",
        "http_500 http_503 http_504, PUT, 504, true, true",
        "http_403, GET, 403, true, true",
        "http_404, HEAD, 404, true, true",
        "http_429, DELETE, 429, true, true",
        "http_429, BREW, 429, true, false",
        "http_502 off, GET, 502, true, false",
        "error timeout, GET, 500, true, false"
    })
    void whichAnswersAreRepeated(String words, String method, int status, boolean replayable, boolean repeated) {
        Exchange exchange = serving(Retry.DEFAULT.withOn(Retry.on(words)), method);
        Forward first = (Forward) exchange.start();
        Step step = exchange.upstreamHead(ArrayHead.response(status), replayable);
        assertThat(bench.inFlight(shop)).isEqualTo(1);
        assertThat(step).isInstanceOf(repeated ? Forward.class : Relay.class);
        if (step instanceof Forward second) {
            assertThat(second.endpoint()).isNotEqualTo(first.endpoint());
            assertThat(exchange.attempts()).isEqualTo(2);
            assertThat(exchange.upstreamHead(ArrayHead.response(status), replayable))
                    .as("no other endpoint is left")
                    .isInstanceOf(Relay.class);
            assertThat(bench.inFlight(shop)).isEqualTo(1);
        }
        exchange.close(Outcome.COMPLETED);
        assertThat(bench.inFlight(shop)).isZero();
    }

    @Test
    void triesAreCounted() {
        Exchange exchange = serving(new Retry(1, Set.of(On.HTTP_503), 0), "GET");
        exchange.start();
        assertThat(exchange.upstreamHead(ArrayHead.response(503), true)).isInstanceOf(Relay.class);
    }

    @ParameterizedTest
    @CsvSource({
        "invalid_header, BAD_RESPONSE, GET, true",
        "error timeout, BAD_RESPONSE, GET, false",
        "invalid_header, BAD_RESPONSE, POST, false",
        "error non_idempotent, CLOSED, POST, true",
        "timeout non_idempotent, CLOSED, POST, false",
        "timeout non_idempotent, TIMEOUT, PATCH, true",
        "off, CONNECT, GET, false",
        "http_500, CONNECT, GET, true"
    })
    void whichFailuresAreRepeated(String words, UpstreamFailure.Kind kind, String method, boolean repeated) {
        Exchange exchange = serving(Retry.DEFAULT.withOn(Retry.on(words)), method);
        exchange.start();
        boolean sent = kind != UpstreamFailure.Kind.CONNECT;
        assertThat(exchange.upstreamFailed(new UpstreamFailure(kind, sent, false, true, "")))
                .isInstanceOf(repeated ? Forward.class : Reply.class);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, error, 65536, 0, 65536",
        "PUT, error, 10, 0, 10",
        "PUT, error, 0, 0, 0",
        "POST, error, 65536, 0, 0",
        "POST, error non_idempotent, 65536, 0, 65536",
        "POST, error, 65536, 20, 20",
        "PUT, error, 10, 20, 20",
        "PUT, error, 30, 20, 30"
    })
    void howMuchOfABodyIsKept(String method, String words, int replayBytes, int mirrored, int limit) {
        Workbench.Plan plan = new Workbench.Plan(shop).retry(new Retry(3, Retry.on(words), replayBytes));
        if (mirrored > 0) {
            plan.mirrors(new Route.MirrorBackend(new Mirror("", "", mirrored), bench.backend("copy", 1)));
        }
        bench.route("a.example", "/", plan);
        Exchange exchange = bench.open(ArrayHead.request(method, "/", "Host", "a.example"));
        assertThat(((Forward) exchange.start()).replayLimit()).isEqualTo(limit);
        Step step = exchange.upstreamFailed(new UpstreamFailure(UpstreamFailure.Kind.CONNECT, false, false, true, ""));
        assertThat(((Forward) step).replayLimit()).isEqualTo(limit);
    }

    @Test
    void copiesGoOutOnceAndCountNowhere() {
        Backend copy = bench.backend("copy", 1);
        bench.route(
                "a.example",
                "/",
                new Workbench.Plan(shop)
                        .mirrors(
                                new Route.MirrorBackend(new Mirror("copy.example", "/in", 5), copy),
                                new Route.MirrorBackend(new Mirror("", "", 0), copy),
                                new Route.MirrorBackend(new Mirror("", "", 0), bench.backend("empty", 0))));
        Exchange exchange = bench.open(ArrayHead.request(
                "POST", "//x?y", "Host", "a.example", "Cookie", "a=b", "Content-Type", "x/y", "TE", "trailers"));
        Forward forward = (Forward) exchange.start();
        assertThat(forward.mirrors()).extracting(Mirrored::bodyLimit).containsExactly(5, 0);
        Workbench.Sent sent = Workbench.Sent.of(forward.mirrors().get(0));
        assertThat(sent.method()).isEqualTo("POST");
        assertThat(sent.target()).isEqualTo("/in/x?y");
        assertThat(sent.get("host")).isEqualTo("copy.example");
        assertThat(sent.get("cookie")).isEqualTo("a=b");
        assertThat(sent.get("content-type")).isEqualTo("x/y");
        assertThat(sent.get("te")).isNull();
        assertThat(sent.get("x-real-ip")).isEqualTo("203.0.113.7");
        assertThat(Workbench.Sent.of(forward.mirrors().get(1)).get("host")).isEqualTo("a.example");
        assertThat(bench.inFlight(copy)).isZero();
        Step again = exchange.upstreamFailed(new UpstreamFailure(UpstreamFailure.Kind.CONNECT, false, false, true, ""));
        assertThat(((Forward) again).mirrors()).isEmpty();
    }

    @Test
    void aSwitchOfProtocolsIsNotMirrored() {
        bench.route(
                "a.example",
                "/",
                new Workbench.Plan(shop)
                        .mirrors(new Route.MirrorBackend(new Mirror("", "", 0), bench.backend("copy", 1))));
        Forward forward =
                bench.forward(ArrayHead.to("/", "Host", "a.example", "Connection", "Upgrade", "Upgrade", "websocket"));
        assertThat(forward.upgrade()).isEqualTo("websocket");
        assertThat(forward.mirrors()).isEmpty();
    }
}
