package dev.adit.balancer;

import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Makes the chooser of a pool's policy for every roster. Holds what lives as long as the pool: its cursors. */
final class Choosers {
    private final Balancer balancer;
    private final PoolSettings settings;
    private final Cursor cursor = new Cursor();
    private final @Nullable Cursor otherZones;
    private final @Nullable AtomicIntegerArray subsets;

    Choosers(Balancer balancer, PoolSettings settings) {
        this.balancer = balancer;
        this.settings = settings;
        this.otherZones = settings.zone() == null ? null : new Cursor();
        this.subsets = settings.policy() instanceof BalancePolicy.Subset
                ? new AtomicIntegerArray(SubsetChooser.CURSORS)
                : null;
    }

    /** The bound of a consistent hash, or 0. */
    double bound() {
        return settings.policy() instanceof BalancePolicy.ConsistentHash hash ? hash.bound() : 0;
    }

    /** The table of {@code members} that the policy needs, or null if none. */
    @Nullable
    KeyTable table(List<Member> members) {
        BalancePolicy policy = settings.policy();
        if (policy instanceof BalancePolicy.ConsistentHash hash
                && hash.table() == BalancePolicy.ConsistentHash.Table.MAGLEV
                && members.size() <= Maglev.MAX_MEMBERS) {
            return new Maglev(members);
        }
        return policy instanceof BalancePolicy.ConsistentHash
                        || policy instanceof BalancePolicy.Subset
                        || policy instanceof BalancePolicy.Sticky
                ? new Ring(members)
                : null;
    }

    /**
     * The chooser over {@code seats}.
     *
     * @param keys what {@link #table} made of the members of {@link #keyed}
     */
    Chooser over(List<Seat> seats, @Nullable KeyTable keys) {
        if (keys == null) {
            return settings.zone() == null ? spread(usable(seats, s -> true), cursor) : zoned(seats, settings.zone());
        }
        Chooser unkeyed = TurnChooser.of(usable(seats, s -> true), cursor);
        Seat[] keyed = keyed(seats);
        HashChooser hashed = new HashChooser(keys, keyed, unkeyed);
        if (settings.policy() instanceof BalancePolicy.Sticky sticky) {
            return new StickyChooser(seats, sticky.tokens(), hashed, unkeyed);
        }
        if (settings.policy() instanceof BalancePolicy.Subset subset && subsets != null) {
            return subset.size() < keyed.length
                    ? new SubsetChooser(keys, keyed, subset.size(), subsets, unkeyed)
                    : unkeyed;
        }
        return hashed;
    }

    /** Those that a table is made of. */
    private static Seat[] keyed(List<Seat> seats) {
        boolean allDrain = seats.stream().allMatch(s -> s.member.draining());
        return seats.stream().filter(s -> allDrain || !s.member.draining()).toArray(Seat[]::new);
    }

    private static Seat[] usable(List<Seat> seats, Predicate<Seat> which) {
        return seats.stream().filter(s -> s.usable).filter(which).toArray(Seat[]::new);
    }

    private Chooser zoned(List<Seat> seats, ZonePreference preference) {
        Predicate<Seat> home = s -> s.member.zone().equals(preference.zone());
        Seat[] own = usable(seats, home);
        Seat[] others = usable(seats, home.negate());
        double all = seats.stream()
                .filter(home)
                .filter(s -> s.usable || !s.member.draining())
                .mapToDouble(s -> s.member.weight())
                .sum();
        double left = 0;
        for (Seat seat : own) {
            left += seat.member.weight();
        }
        if (own.length == 0 || others.length == 0 || otherZones == null) {
            return spread(own.length == 0 ? others : own, cursor);
        }
        double share = Math.min(1, preference.provision() * left / all);
        return new ZoneChooser(spread(own, cursor), spread(others, otherZones), share, balancer.random());
    }

    private Chooser spread(Seat[] seats, Cursor turns) {
        BalancePolicy policy = settings.policy();
        if (policy instanceof BalancePolicy.RoundRobin) {
            return TurnChooser.of(seats, turns);
        }
        Draw draw = new Draw(seats, balancer.random());
        if (policy instanceof BalancePolicy.LeastConnections least) {
            return new LoadChooser.Connections(seats, least.exact() ? null : draw, turns);
        }
        if (policy instanceof BalancePolicy.PeakEwma ewma) {
            return new LoadChooser.PeakEwma(
                    seats, draw, turns, balancer, ewma.decay().toNanos());
        }
        return new RandomChooser(seats, draw);
    }
}
