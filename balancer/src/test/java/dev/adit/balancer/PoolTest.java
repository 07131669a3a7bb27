package dev.adit.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PoolTest {
    private final Balancer balancer = new Balancer();

    /** A key that has tried these endpoints. */
    record Tried(Set<Endpoint> endpoints) implements PickKey {
        @Override
        public long hash() {
            return 0;
        }

        @Override
        public boolean tried(Endpoint endpoint) {
            return endpoints.contains(endpoint);
        }
    }

    static List<Endpoint> endpoints(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> Endpoint.of("10.0.0." + i, 8080))
                .collect(Collectors.toList());
    }

    private Pool pool(int count) {
        return balancer.pool(BalancePolicy.roundRobin(), endpoints(count));
    }

    private static Endpoint choose(Pool pool, PickKey key) {
        Lease lease = pool.lease(key);
        assertThat(lease).isNotNull();
        lease.close(LeaseOutcome.ANSWERED);
        return lease.endpoint();
    }

    @Property(tries = 100)
    void everyEndpointInTurn(@ForAll @IntRange(min = 1, max = 20) int size, @ForAll @IntRange(max = 60) int requests) {
        Pool pool = pool(size);
        List<Endpoint> members = endpoints(size);
        for (int i = 0; i < requests; i++) {
            assertThat(choose(pool, PickKey.ANY)).isEqualTo(members.get(i % size));
        }
    }

    @Test
    void threadsThatNeverMeetSeeOneOrder() throws InterruptedException {
        Pool pool = pool(3);
        List<Endpoint> chosen = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            Thread other = new Thread(() -> chosen.add(choose(pool, PickKey.ANY)));
            other.start();
            other.join();
        }
        List<Endpoint> members = endpoints(3);
        for (int i = 0; i < 9; i++) {
            assertThat(chosen.get(i)).isEqualTo(members.get(i % 3));
        }
    }

    @Property(tries = 200)
    void neverOneThatWasTriedAndNullOnlyWhenAllWere(
            @ForAll @IntRange(max = 8) int size, @ForAll @Size(max = 30) List<@IntRange(max = 255) Integer> triedSets) {
        Pool pool = pool(size);
        List<Endpoint> members = endpoints(size);
        for (int bits : triedSets) {
            Set<Endpoint> tried = IntStream.range(0, size)
                    .filter(i -> (bits & 1 << i) != 0)
                    .mapToObj(members::get)
                    .collect(Collectors.toSet());
            Lease lease = pool.lease(new Tried(tried));
            if (tried.size() == size) {
                assertThat(lease).isNull();
            } else {
                assertThat(lease).isNotNull();
                assertThat(members).contains(lease.endpoint());
                assertThat(tried).doesNotContain(lease.endpoint());
                lease.close(LeaseOutcome.ANSWERED);
            }
        }
    }

    @Property(tries = 50)
    void retriesAfterADeadEndpointAreSpreadEvenly(
            @ForAll @IntRange(min = 3, max = 12) int size, @ForAll @IntRange(max = 11) int deadIndex) {
        Pool pool = pool(size);
        Endpoint dead = endpoints(size).get(deadIndex % size);
        Map<Endpoint, Integer> answered = new HashMap<>();
        for (int i = 0; i < 10 * (size - 1); i++) {
            Endpoint chosen = choose(pool, PickKey.ANY);
            if (chosen.equals(dead)) {
                chosen = choose(pool, new Tried(Set.of(dead)));
            }
            answered.merge(chosen, 1, Integer::sum);
        }
        assertThat(answered).hasSize(size - 1).doesNotContainKey(dead);
        assertThat(answered.values()).containsOnly(10);
    }

    @Property(tries = 50)
    void anEndpointThatWasTriedDoesNotDoubleItsNeighboursShare(@ForAll @IntRange(min = 2, max = 10) int size) {
        Pool pool = pool(size);
        Endpoint avoided = endpoints(size).get(0);
        Map<Endpoint, Integer> chosen = new HashMap<>();
        for (int i = 0; i < 20 * (size - 1); i++) {
            chosen.merge(choose(pool, new Tried(Set.of(avoided))), 1, Integer::sum);
        }
        assertThat(chosen).hasSize(size - 1);
        assertThat(chosen.values()).containsOnly(20);
    }

    @Test
    void anUpdateKeepsTheTurn() {
        Pool pool = pool(3);
        choose(pool, PickKey.ANY);
        pool.update(endpoints(4));
        assertThat(choose(pool, PickKey.ANY)).isEqualTo(endpoints(4).get(1));
    }

    @Test
    void anEndpointListedTwiceCountsOnce() {
        List<Endpoint> twice = new ArrayList<>(endpoints(2));
        twice.addAll(endpoints(2));
        Pool pool = balancer.pool(BalancePolicy.roundRobin(), twice);
        assertThat(pool.endpoints()).isEqualTo(endpoints(2));
        pool.update(List.of());
        assertThat(balancer.known()).isZero();
    }

    @Test
    void inFlightIsSharedByAllPools() {
        Endpoint endpoint = endpoints(1).get(0);
        Lease first = pool(1).lease(PickKey.ANY);
        Lease second = pool(1).lease(PickKey.ANY);
        assertThat(balancer.inFlight(endpoint)).isEqualTo(2);
        assertThat(first.close(LeaseOutcome.FAILED)).isTrue();
        assertThat(first.close(LeaseOutcome.ANSWERED)).isFalse();
        assertThat(balancer.inFlight(endpoint)).isEqualTo(1);
        assertThat(second.close(LeaseOutcome.ABANDONED)).isTrue();
        assertThat(balancer.inFlight(endpoint)).isZero();
    }

    @Test
    void aLeaseOutlivesItsEndpoint() {
        Pool pool = pool(2);
        Lease lease = pool.lease(PickKey.ANY);
        pool.update(List.of());
        assertThat(pool.lease(PickKey.ANY)).isNull();
        assertThat(balancer.inFlight(lease.endpoint())).isEqualTo(1);
        assertThat(balancer.known()).as("only what is in flight").isEqualTo(1);
        pool.update(endpoints(2));
        assertThat(balancer.inFlight(lease.endpoint()))
                .as("kept when the endpoint comes back")
                .isEqualTo(1);
        pool.update(List.of());
        lease.close(LeaseOutcome.ANSWERED);
        assertThat(balancer.known()).isZero();
    }

    @Test
    void anotherPodAtTheSameAddressIsAnotherEndpoint() {
        Endpoint before = new Endpoint("10.0.0.1", 80, "uid-1");
        Endpoint after = new Endpoint("10.0.0.1", 80, "uid-2");
        Pool pool = balancer.pool(BalancePolicy.roundRobin(), List.of(before));
        Lease lease = pool.lease(PickKey.ANY);
        pool.update(List.of(after));
        assertThat(balancer.inFlight(before)).isEqualTo(1);
        assertThat(balancer.inFlight(after)).isZero();
        lease.close(LeaseOutcome.ANSWERED);
    }

    @Test
    void aClosedPoolKeepsNothingButStillServes() {
        Pool pool = pool(2);
        pool.close();
        pool.close();
        assertThat(balancer.known()).isZero();
        Lease lease = pool.lease(PickKey.ANY);
        assertThat(balancer.inFlight(lease.endpoint())).isEqualTo(1);
        pool.update(endpoints(3));
        lease.close(LeaseOutcome.ANSWERED);
        assertThat(balancer.known()).isZero();
        assertThat(pool.endpoints()).hasSize(3);
    }

    @Property(tries = 200)
    void onlyWhatIsNamedOrInFlightIsRemembered(@ForAll @Size(max = 40) List<@IntRange(max = 15) Integer> script) {
        Balancer fresh = new Balancer();
        List<Pool> pools = List.of(
                fresh.pool(BalancePolicy.roundRobin(), List.of()), fresh.pool(BalancePolicy.roundRobin(), List.of()));
        List<Lease> open = new ArrayList<>();
        for (int step : script) {
            Pool pool = pools.get(step & 1);
            switch (step >> 1 & 3) {
                case 0 -> pool.update(endpoints(step >> 3 << 1));
                case 1 -> pool.update(endpoints(4).subList(1, 3));
                case 2 -> {
                    Lease lease = pool.lease(PickKey.ANY);
                    if (lease != null) {
                        open.add(lease);
                    }
                }
                default -> {
                    if (!open.isEmpty()) {
                        open.remove(0).close(LeaseOutcome.ANSWERED);
                    }
                }
            }
            Set<Endpoint> expected =
                    pools.stream().flatMap(p -> p.endpoints().stream()).collect(Collectors.toSet());
            open.forEach(lease -> expected.add(lease.endpoint()));
            assertThat(fresh.known()).isEqualTo(expected.size());
            for (Endpoint endpoint : endpoints(4)) {
                assertThat(fresh.inFlight(endpoint)).isEqualTo((int) open.stream()
                        .filter(lease -> lease.endpoint().equals(endpoint))
                        .count());
            }
        }
    }

    @Test
    void aChoiceAllocatesOnlyItsLease() {
        Pool pool = pool(20);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        leaseAndClose(pool, 20_000);
        long before = threads.getCurrentThreadAllocatedBytes();
        leaseAndClose(pool, 1_000);
        long perLease = (threads.getCurrentThreadAllocatedBytes() - before) / 1_000;
        assertThat(perLease).isLessThanOrEqualTo(24);
    }

    private static void leaseAndClose(Pool pool, int times) {
        for (int i = 0; i < times; i++) {
            Lease lease = pool.lease(PickKey.ANY);
            if (lease == null || !lease.close(LeaseOutcome.ANSWERED)) {
                throw new AssertionError("no lease");
            }
        }
    }

    @Test
    void endpointsAreCheckedAndPrintedWithoutTheirIdentity() {
        assertThat(new Endpoint("2001:db8::1", 443, "uid-1")).hasToString("[2001:db8::1]:443");
        assertThat(Endpoint.of("shop.example", 80)).hasToString("shop.example:80");
        assertThatThrownBy(() -> Endpoint.of("", 80)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Endpoint.of("a", 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Endpoint.of("a", 65536)).isInstanceOf(IllegalArgumentException.class);
    }
}
