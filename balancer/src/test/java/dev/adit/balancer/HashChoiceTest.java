package dev.adit.balancer;

import static dev.adit.balancer.Workbench.ask;
import static dev.adit.balancer.Workbench.endpoint;
import static dev.adit.balancer.Workbench.members;
import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.balancer.BalancePolicy.ConsistentHash;
import dev.adit.balancer.Workbench.Key;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class HashChoiceTest {
    private static final int KEYS = 40_000;

    private final Workbench bench = new Workbench(1);

    private Pool pool(BalancePolicy policy, List<Member> members) {
        return bench.balancer.pool(PoolSettings.of(policy), members);
    }

    private static Endpoint[] owners(KeyTable table, List<Member> members) {
        Endpoint[] owners = new Endpoint[KEYS];
        for (int key = 0; key < KEYS; key++) {
            owners[key] = members.get(table.find(PickKey.hashOf("key-" + key))).endpoint();
        }
        return owners;
    }

    private static int moved(Endpoint[] before, Endpoint[] after) {
        int moved = 0;
        for (int key = 0; key < before.length; key++) {
            moved += before[key].equals(after[key]) ? 0 : 1;
        }
        return moved;
    }

    /** Keys enough that chance moves the share of one in a thousand by no more than a hundredth. */
    private static int[] owners(KeyTable table, int members) {
        int[] owners = new int[Math.max(200_000, members * 10_000)];
        for (int key = 0; key < owners.length; key++) {
            owners[key] = table.find(Hash.mix(key * Hash.STEP));
        }
        return owners;
    }

    static Stream<Arguments> bars() {
        return Stream.of(
                Arguments.of(ConsistentHash.Table.RING, 3, 1.1),
                Arguments.of(ConsistentHash.Table.RING, 10, 1.1),
                Arguments.of(ConsistentHash.Table.RING, 100, 1.1),
                Arguments.of(ConsistentHash.Table.RING, 500, 1.1),
                Arguments.of(ConsistentHash.Table.RING, 1000, 1.1),
                Arguments.of(ConsistentHash.Table.MAGLEV, 10, 2.0),
                Arguments.of(ConsistentHash.Table.MAGLEV, 100, 2.0),
                Arguments.of(ConsistentHash.Table.MAGLEV, 128, 2.0),
                Arguments.of(ConsistentHash.Table.MAGLEV, 500, 2.0),
                Arguments.of(ConsistentHash.Table.MAGLEV, 1000, 2.0));
    }

    /** Whoever it is, the one with the greatest share included; the way back is how it is when one comes. */
    @ParameterizedTest
    @MethodSource("bars")
    void fewKeysMoveWhenAnEndpointComesOrGoes(ConsistentHash.Table table, int size, double bar) {
        Function<List<Member>, KeyTable> layout = table == ConsistentHash.Table.RING ? Ring::new : Maglev::new;
        List<Member> all = members(size);
        int[] before = owners(layout.apply(all), size);
        int[] shares = new int[size];
        Arrays.stream(before).forEach(owner -> shares[owner]++);
        int greatest = Arrays.stream(shares).max().orElseThrow();
        for (int gone : new int[] {
            0,
            size / 2,
            size - 1,
            IntStream.range(0, size)
                    .filter(i -> shares[i] == greatest)
                    .findFirst()
                    .orElseThrow()
        }) {
            List<Member> left = new ArrayList<>(all);
            left.remove(gone);
            int[] after = owners(layout.apply(left), size);
            int moved = 0;
            for (int key = 0; key < before.length; key++) {
                moved += after[key] == (before[key] > gone ? before[key] - 1 : before[key]) && before[key] != gone
                        ? 0
                        : 1;
            }
            assertThat(moved * (double) size / before.length)
                    .as("of %s, who has %.3f", gone, shares[gone] * (double) size / before.length)
                    .isLessThanOrEqualTo(bar);
        }
    }

    @Property(tries = 20)
    void onARingOnlyTheKeysOfWhoGoesMove(
            @ForAll @IntRange(min = 2, max = 40) int size, @ForAll @IntRange(max = 39) int who) {
        List<Member> all = members(size);
        Member gone = all.get(who % size);
        List<Member> left = new ArrayList<>(all);
        left.remove(gone);
        Endpoint[] before = owners(new Ring(all), all);
        Endpoint[] after = owners(new Ring(left), left);
        for (int key = 0; key < KEYS; key++) {
            assertThat(after[key].equals(before[key])).isNotEqualTo(before[key].equals(gone.endpoint()));
        }
    }

    @Property(tries = 20)
    void theOrderOfTheListIsOfNoMeaning(@ForAll @IntRange(min = 1, max = 60) int size, @ForAll long seed) {
        List<Member> listed = members(size);
        List<Member> shuffled = new ArrayList<>(listed);
        Collections.shuffle(shuffled, new Random(seed));
        assertThat(moved(owners(new Ring(listed), listed), owners(new Ring(shuffled), shuffled)))
                .isZero();
        assertThat(moved(owners(new Maglev(listed), listed), owners(new Maglev(shuffled), shuffled)))
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({"RING, 0.10", "MAGLEV, 0.10"})
    void sharesFollowTheWeights(ConsistentHash.Table table, double stray) {
        List<Member> members = Workbench.weighted(List.of(1, 2, 3, 10, 4));
        Pool pool = pool(new ConsistentHash(table, 0), members);
        Map<Endpoint, Integer> counts = new HashMap<>();
        for (int key = 0; key < KEYS; key++) {
            counts.merge(ask(pool, Key.hash(PickKey.hashOf("key-" + key))), 1, Integer::sum);
        }
        for (Member member : members) {
            double fair = KEYS * member.weight() / 20.0;
            assertThat((double) counts.get(member.endpoint())).isBetween(fair * (1 - stray), fair * (1 + stray));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aKeyStaysAndARetryOfItGoesOneWayOnly(ConsistentHash.Table table) {
        Pool pool = pool(new ConsistentHash(table, 0), members(20));
        Pool replica = new Workbench(2).balancer.pool(PoolSettings.of(new ConsistentHash(table, 0)), members(20));
        Set<Endpoint> takeOver = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            Key key = Key.hash(PickKey.hashOf("session-" + i));
            Endpoint first = ask(pool, key);
            assertThat(ask(pool, key)).isEqualTo(first);
            assertThat(ask(replica, key)).isEqualTo(first);
            Endpoint second = ask(pool, key.without(first));
            assertThat(second).isNotEqualTo(first);
            assertThat(ask(replica, key.without(first))).isEqualTo(second);
            if (first.equals(endpoint(1))) {
                takeOver.add(second);
            }
        }
        assertThat(takeOver).as("who takes over from one").hasSizeGreaterThan(5);
    }

    @Test
    void withoutAHashEverybodyHasTheirTurn() {
        Pool pool = pool(BalancePolicy.consistentHash(), members(4));
        assertThat(Workbench.counts(pool, 4, 40)).containsOnly(10);
    }

    @Test
    void aRetryReachesEvenTheLast() {
        Pool pool = pool(BalancePolicy.consistentHash(), members(100));
        Endpoint[] others = Workbench.endpoints(99).toArray(Endpoint[]::new);
        assertThat(ask(pool, Key.hash(5).without(others))).isEqualTo(endpoint(100));
        assertThat(ask(pool, Key.hash(5).without(Workbench.endpoints(100).toArray(Endpoint[]::new))))
                .isNull();
    }

    @Property(tries = 100)
    void aBoundIsNeverPassed(
            @ForAll ConsistentHash.Table table,
            @ForAll @IntRange(min = 1, max = 12) int size,
            @ForAll @IntRange(min = 105, max = 200) int percent,
            @ForAll @Size(max = 120) List<@IntRange(max = 40) Integer> script) {
        Pool pool = pool(new ConsistentHash(table, percent / 100.0), members(size));
        Map<Endpoint, Integer> held = new HashMap<>();
        List<Lease> open = new ArrayList<>();
        for (int step : script) {
            if (step > 30 && !open.isEmpty()) {
                Lease closed = open.remove(step % open.size());
                closed.close(LeaseOutcome.ANSWERED);
                held.merge(closed.endpoint(), -1, Integer::sum);
                continue;
            }
            // Few keys, so that without a bound a few endpoints would get all.
            Lease lease = pool.lease(Key.hash(step % 3 == 0 ? 0 : PickKey.hashOf("key-" + step % 3)));
            assertThat(lease).as("a bound leaves room for everybody").isNotNull();
            open.add(lease);
            int now = held.merge(lease.endpoint(), 1, Integer::sum);
            // ceil(percent / 100 * open / size), in whole numbers
            assertThat(now).isLessThanOrEqualTo((percent * open.size() + 100 * size - 1) / (100 * size));
        }
        open.forEach(lease -> lease.close(LeaseOutcome.ANSWERED));
        pool.close();
    }

    @Property(tries = 30)
    void aSubsetIsFixedAndItsEndpointsTakeTurns(
            @ForAll @IntRange(min = 1, max = 12) int size, @ForAll @IntRange(min = 1, max = 40) int endpoints) {
        Pool pool = pool(new BalancePolicy.Subset(size), members(endpoints));
        for (int i = 0; i < 10; i++) {
            Key key = Key.hash(PickKey.hashOf("tenant-" + i));
            int expected = Math.min(size, endpoints);
            List<Endpoint> round = new ArrayList<>();
            for (int turn = 0; turn < 3 * expected; turn++) {
                round.add(ask(pool, key));
            }
            assertThat(new HashSet<>(round)).hasSize(expected);
            assertThat(round.subList(0, expected))
                    .doesNotHaveDuplicates()
                    .isEqualTo(round.subList(expected, 2 * expected));
            if (size < endpoints) {
                // When all of the subset fail, somebody else helps.
                assertThat(ask(pool, key.without(Set.copyOf(round).toArray(Endpoint[]::new))))
                        .isNotNull();
            }
        }
        pool.close();
    }

    @Test
    void subsetsSpreadOverAll() {
        Pool pool = pool(new BalancePolicy.Subset(3), members(30));
        Map<Endpoint, Integer> counts = new HashMap<>();
        for (int i = 0; i < 30_000; i++) {
            counts.merge(ask(pool, Key.hash(PickKey.hashOf("tenant-" + i % 3_000))), 1, Integer::sum);
        }
        assertThat(counts).hasSize(30);
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(700, 1_300));
    }
}
