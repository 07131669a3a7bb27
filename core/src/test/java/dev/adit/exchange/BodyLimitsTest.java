package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.policy.BodyLimit;
import dev.adit.policy.Redirect;
import dev.adit.route.Backend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are longer than their route allows. */
class BodyLimitsTest {
    private final Workbench bench = new Workbench();
    private final Backend main = bench.backend("main", 1);

    private Workbench.Plan limited(long bytes) {
        Workbench.Plan plan = new Workbench.Plan(main);
        plan.policies.bodyLimit(new BodyLimit(bytes));
        return plan;
    }

    private static ArrayHead post(String... fields) {
        return ArrayHead.request("POST", "/", fields);
    }

    @ParameterizedTest
    @CsvSource({
        "10, 10, true",
        "10, 11, false",
        "10, 0, true",
        "1, 999999999999999999, false",
        "1, 99999999999999999999999, false",
        "0, 999999999999999999, true"
    })
    void isJudgedByTheLengthBeforeAnybodyIsAsked(long limit, String length, boolean passes) {
        bench.route("a.example", "/", limited(limit));
        Exchange exchange = bench.open(post("Host", "a.example", "Content-Length", length));
        Step step = exchange.start();
        if (passes) {
            assertThat(step).isInstanceOf(Forward.class);
        } else {
            Reply reply = (Reply) step;
            assertThat(reply.status()).isEqualTo(413);
            assertThat(reply.reason()).isEqualTo("body-too-long");
            assertThat(reply.close()).isTrue();
            assertThat(reply.body()).isEqualTo("413 Content Too Large\n");
            assertThat(exchange.status()).isEqualTo(413);
            assertThat(exchange.attempts()).isZero();
        }
    }

    @Test
    void comesBeforeRedirectsButNotBeforeTheRootOfAnApplication() {
        bench.route(
                "a.example",
                "/",
                limited(1).redirect(301, new Redirect.Location("/x")).https(308));
        bench.route("b.example", "/", limited(1).redirect(302, new Redirect.Path("/app")));
        assertThat(bench.reply(post("Host", "a.example", "Content-Length", "2")).status())
                .isEqualTo(413);
        assertThat(bench.reply(post("Host", "b.example", "Content-Length", "2")).status())
                .isEqualTo(302);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 9, 10})
    void isCountedWithoutALength(int piece) {
        bench.route("a.example", "/", limited(10));
        Exchange exchange = bench.open(post("Host", "a.example", "Transfer-Encoding", "chunked"));
        assertThat(exchange.start()).isInstanceOf(Forward.class);
        assertThat(exchange.takesBody(10 - piece)).isTrue();
        assertThat(exchange.takesBody(piece)).isTrue();
        assertThat(exchange.takesBody(0)).isTrue();
        assertThat(exchange.takesBody(1)).isFalse();
        assertThat(exchange.takesBody(0)).isFalse();

        Reply reply = exchange.bodyTooLong();
        assertThat(reply.status()).isEqualTo(413);
        assertThat(reply.close()).isTrue();
        assertThat(exchange.status()).isEqualTo(413);
        assertThat(bench.inFlight(main)).isOne();
        exchange.close(Outcome.COMPLETED);
        assertThat(bench.inFlight(main)).isZero();
    }

    @Test
    void isNotCountedWithoutALimit() {
        bench.route("a.example", "/", new Workbench.Plan(main));
        Exchange exchange = bench.open(post("Host", "a.example"));
        exchange.start();
        for (int i = 0; i < 3; i++) {
            assertThat(exchange.takesBody(Integer.MAX_VALUE)).isTrue();
        }
    }
}
