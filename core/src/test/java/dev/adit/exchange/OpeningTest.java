package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.balancer.BalancePolicy;
import dev.adit.balancer.CircuitLimits;
import dev.adit.balancer.ConnectionPermit;
import dev.adit.balancer.Endpoint;
import dev.adit.balancer.Member;
import dev.adit.balancer.OutlierDetection;
import dev.adit.balancer.Pool;
import dev.adit.balancer.PoolSettings;
import dev.adit.balancer.PoolView;
import dev.adit.route.Backend;
import dev.adit.wire.RecordedHead;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Requests to an endpoint that may have one connection; more are under way, as pools may share an endpoint. */
class OpeningTest {
    private static final Endpoint ENDPOINT = Endpoint.of("main-1", 8080);

    private final Workbench bench = new Workbench();
    private final Pool pool = bench.balancer.pool(
            PoolSettings.of(BalancePolicy.roundRobin())
                    .with(CircuitLimits.NONE.withConnections(1, 3))
                    .with(OutlierDetection.DEFAULT.withConsecutiveFailures(1)),
            List.of(Member.of(ENDPOINT)));
    private final Backend main = Workbench.backend("main", pool, null);
    private final List<Runnable> posted = new ArrayList<>();
    private final List<ConnectionPermit> opened = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();

    OpeningTest() {
        bench.route("a.example", "/", new Workbench.Plan(main));
    }

    private Exchange exchange() {
        return bench.open(ArrayHead.request("GET", "/", "Host", "a.example"));
    }

    private Forward forward() {
        return (Forward) exchange().start();
    }

    private Opening opening(UpstreamRequest request) {
        return new Opening(request, "loop", opened::add, () -> refused.add("no room"));
    }

    private void runPosted() {
        List<Runnable> all = List.copyOf(posted);
        posted.clear();
        all.forEach(Runnable::run);
    }

    @Test
    void opensAtOnceWhereThereIsRoom() {
        Opening opening = opening(forward());
        assertThat(opening.begin(posted::add)).isFalse();
        assertThat(opened).hasSize(1);
        assertThat(opening.isWaiting()).isFalse();
        opening.late();
        assertThat(opening.cancel()).isFalse();
        assertThat(refused).isEmpty();
        assertThat(bench.balancer.connections(ENDPOINT)).isEqualTo(1);
    }

    @Test
    void opensWhereItBelongsWhenThereIsRoom() {
        opening(forward()).begin(posted::add);
        Opening second = opening(RecordedHead.of(forward()));
        assertThat(second.begin(posted::add)).isTrue();
        assertThat(second.isWaiting()).isTrue();
        opened.get(0).close();
        assertThat(opened).as("not on the thread that made room").hasSize(1);
        runPosted();
        assertThat(opened).hasSize(2);
        second.late();
        assertThat(refused).isEmpty();
        assertThat(bench.balancer.connections(ENDPOINT)).isEqualTo(1);
    }

    @Test
    void whoGivesUpWaitingLeavesNothing() {
        opening(forward()).begin(posted::add);
        Opening late = opening(forward());
        late.begin(posted::add);
        late.late();
        late.late();
        assertThat(refused).containsExactly("no room");
        Opening cancelled = opening(forward());
        cancelled.begin(posted::add);
        assertThat(cancelled.cancel()).isTrue();
        assertThat(refused).hasSize(1);
        opened.get(0).close();
        runPosted();
        assertThat(opened).hasSize(1);
        assertThat(bench.balancer.connections(ENDPOINT)).isZero();
    }

    @Test
    void roomThatComesTooLateGoesToOthers() {
        opening(forward()).begin(posted::add);
        Opening second = opening(forward());
        second.begin(posted::add);
        opened.get(0).close();
        assertThat(second.cancel()).as("before it ran").isTrue();
        runPosted();
        assertThat(opened).hasSize(1);
        assertThat(bench.balancer.connections(ENDPOINT)).isZero();
    }

    @Test
    void whoCannotRunAnyMoreGivesItBack() {
        opening(forward()).begin(posted::add);
        opening(forward()).begin(task -> {
            throw new RejectedExecutionException("the loop has ended");
        });
        opened.get(0).close();
        assertThat(opened).hasSize(1);
        assertThat(bench.balancer.connections(ENDPOINT)).isZero();
    }

    @Test
    void whoFindsNoRoomIsToldToComeAgainAndNothingIsHeldAgainstTheEndpoint() {
        Exchange exchange = exchange();
        assertThat(exchange.start()).isInstanceOf(Forward.class);
        Step step = exchange.upstreamFailed(
                new UpstreamFailure(UpstreamFailure.Kind.NO_ROOM, false, false, true, "no room in time"));
        assertThat(step).isInstanceOfSatisfying(Reply.class, reply -> {
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.reason()).isEqualTo("overloaded");
            assertThat(reply.headers()).anyMatch(field -> field.getKey().equals("Retry-After"));
        });
        exchange.close(Outcome.COMPLETED);
        PoolView.MemberView member = pool.view().members().get(0);
        assertThat(member.state()).isEqualTo(PoolView.State.ACTIVE);
        assertThat(member.failures()).isZero();
        assertThat(pool.view().retries()).isZero();
        assertThat(bench.inFlight(main)).isZero();
    }
}
