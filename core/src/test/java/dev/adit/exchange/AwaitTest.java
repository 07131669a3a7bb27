package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.balancer.BalancePolicy;
import dev.adit.balancer.CircuitLimits;
import dev.adit.balancer.Endpoint;
import dev.adit.balancer.Member;
import dev.adit.balancer.Pool;
import dev.adit.balancer.PoolSettings;
import dev.adit.route.Backend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A request that finds its backend full, and may wait. */
class AwaitTest {
    private final Workbench bench = new Workbench();
    private final Pool pool = bench.balancer.pool(
            PoolSettings.of(BalancePolicy.roundRobin())
                    .with(new CircuitLimits(1, 1).withPending(1, Duration.ofSeconds(3))),
            List.of(Member.of(Endpoint.of("main-1", 8080))));
    private final Backend main = Workbench.backend("main", pool, null);
    private final List<String> wakes = new ArrayList<>();

    AwaitTest() {
        bench.route("a.example", "/", new Workbench.Plan(main));
    }

    private Exchange open() {
        return bench.open(ArrayHead.request("GET", "/", "Host", "a.example"));
    }

    private Exchange forwarded() {
        Exchange exchange = open();
        assertThat(exchange.start()).isInstanceOf(Forward.class);
        return exchange;
    }

    private void begin(Step step, String name) {
        assertThat(step).isInstanceOfSatisfying(Await.class, await -> {
            assertThat(await.patience()).isEqualTo(Duration.ofSeconds(3));
            await.begin(() -> wakes.add(name));
        });
    }

    @Test
    void roomWakesIt() {
        Exchange first = forwarded();
        Exchange second = open();
        begin(second.start(), "second");
        assertThat(second.endpoint()).isNull();
        Exchange third = open();
        assertThat(third.start()).isInstanceOfSatisfying(Reply.class, reply -> {
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.reason()).isEqualTo("overloaded");
        });
        assertThat(wakes).isEmpty();
        first.close(Outcome.COMPLETED);
        assertThat(wakes).containsExactly("second");
        assertThat(second.awaited()).isInstanceOf(Forward.class);
        assertThat(second.awaited()).as("its time is over later").isNull();
        assertThat(bench.inFlight(main)).isEqualTo(1);
        second.close(Outcome.COMPLETED);
        assertThat(bench.inFlight(main)).isZero();
    }

    @Test
    void roomBeforeAnybodyListensIsNotMissed() {
        Exchange first = forwarded();
        Exchange second = open();
        Step step = second.start();
        first.close(Outcome.COMPLETED);
        begin(step, "second");
        assertThat(wakes).containsExactly("second");
        assertThat(second.awaited()).isInstanceOf(Forward.class);
        second.close(Outcome.COMPLETED);
    }

    @Test
    void patienceEnds() {
        Exchange first = forwarded();
        Exchange second = open();
        begin(second.start(), "second");
        assertThat(second.awaited()).isInstanceOfSatisfying(Reply.class, reply -> {
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.headers()).anyMatch(field -> field.getKey().equals("Retry-After"));
        });
        assertThat(pool.view().pending()).isZero();
        first.close(Outcome.COMPLETED);
        assertThat(wakes).isEmpty();
        assertThat(bench.inFlight(main)).isZero();
        second.close(Outcome.COMPLETED);
    }

    @ParameterizedTest
    @EnumSource(Outcome.class)
    void whoIsGoneWaitsNoMore(Outcome outcome) {
        Exchange first = forwarded();
        Exchange second = open();
        begin(second.start(), "second");
        second.close(outcome);
        assertThat(pool.view().pending()).isZero();
        first.close(Outcome.COMPLETED);
        assertThat(wakes).isEmpty();
        assertThat(bench.inFlight(main)).isZero();
    }

    @ParameterizedTest
    @EnumSource(Outcome.class)
    void whoIsGoneGivesBackWhatItWasJustGiven(Outcome outcome) {
        Exchange first = forwarded();
        Exchange second = open();
        begin(second.start(), "second");
        first.close(Outcome.COMPLETED);
        assertThat(bench.inFlight(main)).isEqualTo(1);
        second.close(outcome);
        assertThat(bench.inFlight(main)).isZero();
    }

    @Test
    void aBackendThatStandsInIsBetterThanWaiting() {
        bench.route("b.example", "/", new Workbench.Plan(Workbench.backend("main", pool, bench.backend("spare", 1))));
        Exchange first = forwarded();
        Exchange second = bench.open(ArrayHead.request("GET", "/", "Host", "b.example"));
        assertThat(second.start()).isInstanceOf(Forward.class);
        assertThat(second.failedOver()).isTrue();
        second.close(Outcome.COMPLETED);
        first.close(Outcome.COMPLETED);
    }
}
