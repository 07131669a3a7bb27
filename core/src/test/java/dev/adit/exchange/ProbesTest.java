package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.balancer.BalancePolicy;
import dev.adit.balancer.Balancer;
import dev.adit.balancer.BalancerListener;
import dev.adit.balancer.Endpoint;
import dev.adit.balancer.HealthCheck;
import dev.adit.balancer.Member;
import dev.adit.balancer.Pool;
import dev.adit.balancer.PoolSettings;
import dev.adit.balancer.PoolView;
import dev.adit.route.Protocol;
import dev.adit.tls.ClientTls;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ProbesTest {
    private static final Endpoint ENDPOINT = Endpoint.of("10.0.0.1", 8080);
    private static final HealthCheck CHECK = HealthCheck.http("/healthz")
            .withTimes(Duration.ofSeconds(1), Duration.ofMillis(500))
            .withThresholds(1, 1)
            .withJitter(0);

    private long now;
    private final Balancer balancer = new Balancer(() -> now, () -> 0, BalancerListener.NONE);
    private final Probes probes = new Probes(balancer.healthChecks());

    /** A transport whose time stands still. */
    private static final class Hand implements Prober {
        final Deque<Runnable> tasks = new ArrayDeque<>();
        final List<Probe> sent = new ArrayList<>();

        @Override
        public void after(Duration delay, Runnable task) {
            assertThat(delay).isEqualTo(Probes.TICK);
            tasks.add(task);
        }

        @Override
        public void send(Probe probe) {
            sent.add(probe);
        }

        /** Runs what is asked for now. */
        void tick() {
            List<Runnable> due = List.copyOf(tasks);
            tasks.clear();
            due.forEach(Runnable::run);
        }
    }

    private Pool pool(HealthCheck check) {
        return balancer.pool(PoolSettings.of(BalancePolicy.roundRobin()).with(check), List.of(Member.of(ENDPOINT)));
    }

    private static PoolView.MemberView member(Pool pool) {
        return pool.view().members().get(0);
    }

    @Test
    void ticksOnlyAsLongAsAPoolWantsIt() {
        Hand hand = new Hand();
        probes.start(hand);
        assertThat(hand.tasks).as("nothing to do").isEmpty();
        Pool pool = pool(CHECK);
        assertThat(hand.tasks).hasSize(1);
        hand.tick();
        assertThat(hand.sent).hasSize(1);
        hand.tick();
        assertThat(hand.sent).as("one at a time").hasSize(1);
        now += Duration.ofSeconds(1).toNanos();
        hand.tick();
        hand.tick();
        assertThat(hand.sent).hasSize(2);
        pool.close();
        hand.tick();
        assertThat(hand.tasks).isEmpty();
        assertThat(hand.sent).hasSize(2);
        pool(CHECK);
        assertThat(hand.tasks).hasSize(1);
    }

    @Test
    void theNextTransportTakesOver() {
        Hand first = new Hand();
        Hand second = new Hand();
        pool(CHECK);
        probes.start(first);
        probes.start(second);
        assertThat(second.tasks).isEmpty();
        first.tick();
        assertThat(first.sent).hasSize(1);
        probes.stop(first);
        assertThat(second.tasks).hasSize(1);
        now += Duration.ofSeconds(1).toNanos();
        first.tick();
        assertThat(first.sent).as("it was told to stop").hasSize(1);
        assertThat(first.tasks).isEmpty();
        second.tick();
        assertThat(second.sent).hasSize(1);
        probes.stop(second);
        second.tick();
        assertThat(second.tasks).isEmpty();
        probes.stop(second);
    }

    @ParameterizedTest
    @CsvSource({
        "200, ACTIVE",
        "204, ACTIVE",
        "399, ACTIVE",
        "400, DOWN",
        "404, DOWN",
        "503, DOWN",
    })
    void theStatusDecides(int status, PoolView.State state) {
        Pool pool = pool(CHECK);
        Hand hand = new Hand();
        probes.start(hand);
        hand.tick();
        hand.sent.get(0).answered(new ConsultAnswer(status, ArrayHead.response(status), new byte[0]));
        assertThat(member(pool).state()).isEqualTo(state);
        assertThat(member(pool).probe().detail()).isEqualTo("status " + status);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNTRUSTED")
    void everyFailureCounts(UpstreamFailure.Kind kind) {
        Pool pool = pool(CHECK);
        Hand hand = new Hand();
        probes.start(hand);
        hand.tick();
        hand.sent.get(0).failed(new UpstreamFailure(kind, true, false, true, "secret detail of the peer"));
        assertThat(member(pool).state()).isEqualTo(PoolView.State.DOWN);
        assertThat(member(pool).probe().detail()).isNotEmpty().doesNotContain("secret");
    }

    @Test
    void saysWhyACertificateIsNotTrusted() {
        Pool pool = pool(CHECK);
        Hand hand = new Hand();
        probes.start(hand);
        hand.tick();
        hand.sent
                .get(0)
                .failed(new UpstreamFailure(UpstreamFailure.Kind.UNTRUSTED, false, false, true, "is for nobody"));
        assertThat(member(pool).state()).isEqualTo(PoolView.State.DOWN);
        assertThat(member(pool).probe().detail()).isEqualTo("is for nobody");
    }

    @Test
    void trustsWhomTheCheckSays() {
        ClientTls tls = ClientTls.builder().build();
        pool(CHECK.withHow(new HealthCheck.Way.Http(true, "", "/", Set.of())).withVia(Protocol.H2.with(tls)));
        Hand hand = new Hand();
        probes.start(hand);
        hand.tick();
        assertThat(hand.sent.get(0).protocol()).isEqualTo(Protocol.HTTPS.with(tls));
    }

    @Test
    void tcpOnlyConnects() {
        Pool pool = pool(CHECK.withHow(new HealthCheck.Way.Tcp()));
        Hand hand = new Hand();
        probes.start(hand);
        hand.tick();
        Probe probe = hand.sent.get(0);
        assertThat(probe.onlyConnects()).isTrue();
        assertThat(probe.endpoint()).isEqualTo(ENDPOINT);
        assertThat(probe.protocol()).isEqualTo(Protocol.HTTP);
        assertThat(probe.timeouts().connect()).isEqualTo(Duration.ofMillis(500));
        probe.connected();
        assertThat(member(pool).probe()).isEqualTo(new PoolView.ProbeView(true, 1, "connected"));
    }

    @ParameterizedTest
    @CsvSource({
        "false, '', HTTP, 10.0.0.1:8080",
        "true, '', HTTPS, 10.0.0.1:8080",
        "true, web.test, HTTPS, web.test",
    })
    void asksForWhatTheCheckSays(boolean secure, String host, String protocol, String expected) {
        pool(CHECK.withHow(new HealthCheck.Way.Http(secure, host, "/up?x=1", Set.of())));
        Hand hand = new Hand();
        probes.start(hand);
        hand.tick();
        Probe probe = hand.sent.get(0);
        assertThat(probe.protocol()).hasToString(protocol);
        assertThat(probe.onlyConnects()).isFalse();
        assertThat(probe.closes()).isTrue();
        assertThat(probe.body()).isNull();
        assertThat(probe.answerLimit()).isZero();
        assertThat(head(probe))
                .containsExactly(
                        "GET /up?x=1", "Host: " + expected, "User-Agent: adit-health-check", "Connection: close");
    }

    @ParameterizedTest
    @CsvSource({"false, '', H2C, 10.0.0.1:8080", "true, web.test, H2, web.test"})
    void asksByGrpcOnConnectionsThatServe(boolean secure, String host, String protocol, String expected) {
        Pool pool = pool(CHECK.withHow(new HealthCheck.Way.Grpc(secure, host, "shop.Web")));
        Hand hand = new Hand();
        probes.start(hand);
        hand.tick();
        Probe probe = hand.sent.get(0);
        assertThat(probe.protocol()).hasToString(protocol);
        assertThat(probe.closes()).isFalse();
        assertThat(probe.body()).isEqualTo(GrpcHealth.request("shop.Web"));
        assertThat(probe.answerLimit()).isPositive();
        assertThat(head(probe))
                .containsExactly(
                        "POST /grpc.health.v1.Health/Check",
                        "Host: " + expected,
                        "User-Agent: adit-health-check",
                        "Content-Type: application/grpc",
                        "TE: trailers");
        probe.answered(new ConsultAnswer(200, ArrayHead.response(200), new byte[0]));
        assertThat(member(pool).state()).isEqualTo(PoolView.State.DOWN);
        assertThat(member(pool).probe().detail()).isEqualTo("no grpc-status");
    }

    private static List<String> head(Probe probe) {
        List<String> head = new ArrayList<>();
        probe.writeHead(new RequestSink() {
            @Override
            public void start(String method, String target) {
                head.add(method + " " + target);
            }

            @Override
            public void field(CharSequence name, CharSequence value) {
                head.add(name + ": " + value);
            }
        });
        return head;
    }
}
