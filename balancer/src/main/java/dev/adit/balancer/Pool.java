package dev.adit.balancer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Endpoints and a way to choose among them. Survives table swaps. Safe for any number of threads; to lease never waits for
 * an update to work out its tables.
 */
public final class Pool {
    /** Of latencies that only outlier detection asks for. */
    private static final Duration DECAY = Duration.ofSeconds(10);

    private final Balancer balancer;
    private final PoolSettings settings;
    private final Choosers choosers;
    private final @Nullable Outliers outliers;
    private final boolean timed;
    private final boolean counted;
    private final long decayNanos;
    /** The open leases, if this pool counts them. */
    private final AtomicInteger live = new AtomicInteger();

    private final AtomicInteger retries = new AtomicInteger();
    /** Who waits for a lease, or null if nobody may. */
    private final @Nullable Waiters waiters;

    /** Updates take turns behind it. */
    private final Object updates = new Object();

    // What rosters are made of. Written under the lock of this.
    private volatile @Nullable Listing listed;
    private List<Roster.Candidate> candidates = List.of();
    private boolean closed;

    private volatile Roster roster;

    /**
     * Members as they were given.
     *
     * @param keyed those that a table is made of
     * @param keys the table, if the policy needs one
     */
    private record Listing(
            List<Member> members,
            List<Member> keyed,
            @Nullable KeyTable keys) {}

    Pool(Balancer balancer, PoolSettings settings, List<Member> members) {
        this.balancer = balancer;
        this.settings = Objects.requireNonNull(settings);
        this.choosers = new Choosers(balancer, settings);
        this.timed = settings.timed();
        this.counted = settings.counted();
        this.decayNanos = (settings.policy() instanceof BalancePolicy.PeakEwma ewma ? ewma.decay() : DECAY).toNanos();
        OutlierDetection rules = settings.outliers();
        CircuitLimits limits = settings.limits();
        this.waiters = limits.any() && limits.pending() > 0 ? new Waiters(this, limits.pending()) : null;
        this.outliers = rules == null ? null : new Outliers(this, rules, balancer.now());
        Listing listing = listing(members);
        synchronized (this) {
            // Whoever ejects one of them meanwhile waits until there is a roster to change.
            this.roster = enroll(listing, true);
        }
        balancer.healthChecks().replace(settings.check(), List.of(), endpoints());
    }

    /** The policy this pool was made with. */
    public BalancePolicy policy() {
        return settings.policy();
    }

    /** What this pool was made with. */
    public PoolSettings settings() {
        return settings;
    }

    /** The endpoints as of now, in the order they were given, each once. */
    public List<Endpoint> endpoints() {
        List<Endpoint> endpoints = new ArrayList<>();
        for (Seat seat : roster.seats) {
            endpoints.add(seat.endpoint);
        }
        return Collections.unmodifiableList(endpoints);
    }

    /** Whether there are no endpoints as of now. */
    public boolean isEmpty() {
        return roster.seats.isEmpty();
    }

    /** The members as of now, in the order they were given, each endpoint once. */
    public List<Member> members() {
        List<Member> members = new ArrayList<>();
        for (Seat seat : roster.seats) {
            members.add(seat.member);
        }
        return Collections.unmodifiableList(members);
    }

    // --- changes

    /** Replaces the endpoints, as {@link #updateMembers} with members of weight 1 in no zone. */
    public void update(List<Endpoint> endpoints) {
        updateMembers(Member.allOf(endpoints));
    }

    /**
     * Replaces the members: one volatile store. Leases of endpoints that are gone stay valid, and what is learned about
     * endpoints that stay is kept. Of members with the same endpoint the first counts.
     */
    public void updateMembers(List<Member> members) {
        synchronized (updates) {
            Listing listing = listing(members);
            List<Endpoint> checked = checked();
            synchronized (this) {
                List<Vitals> before = vitals();
                roster = enroll(listing, candidates.isEmpty());
                // Only now: an endpoint that is in both lists must not be dropped in between.
                balancer.release(this, closed ? vitals() : before);
            }
            balancer.healthChecks().replace(settings.check(), checked, checked());
        }
        serveWaiters();
    }

    /** The endpoints that health checks have to look at. */
    private synchronized List<Endpoint> checked() {
        return closed ? List.of() : endpoints();
    }

    /** Takes its time, and so needs no lock that choices or health may wait for. */
    private Listing listing(List<Member> members) {
        Map<Endpoint, Member> distinct = new LinkedHashMap<>();
        members.forEach(member -> distinct.putIfAbsent(member.endpoint(), member));
        boolean allDrain = distinct.values().stream().allMatch(Member::draining);
        List<Member> keyed = distinct.values().stream()
                .filter(m -> allDrain || !m.draining())
                .toList();
        Listing last = listed;
        KeyTable keys = last != null && last.keyed.equals(keyed) ? last.keys : choosers.table(keyed);
        return new Listing(List.copyOf(distinct.values()), keyed, keys);
    }

    private Roster enroll(Listing listing, boolean warm) {
        Map<Endpoint, Tally> tallies = new HashMap<>();
        for (Roster.Candidate candidate : candidates) {
            if (candidate.tally() != null) {
                tallies.put(candidate.member().endpoint(), candidate.tally());
            }
        }
        List<Vitals> retained = balancer.retain(this, listing.members, warm);
        List<Roster.Candidate> enrolled = new ArrayList<>(retained.size());
        for (int i = 0; i < retained.size(); i++) {
            Member member = listing.members.get(i);
            Tally tally = counted ? tallies.getOrDefault(member.endpoint(), new Tally()) : null;
            enrolled.add(new Roster.Candidate(member, retained.get(i), tally));
        }
        candidates = List.copyOf(enrolled);
        listed = listing;
        return roster(balancer.now());
    }

    private Roster roster(long now) {
        return Roster.of(this, candidates, choosers, listed == null ? null : listed.keys, now);
    }

    private List<Vitals> vitals() {
        return candidates.stream().map(Roster.Candidate::vitals).toList();
    }

    /**
     * Says that nobody will name this pool from now on, so that it keeps nothing in memory. Requests still under way may
     * go on leasing. Calling it again does nothing.
     */
    public void close() {
        synchronized (updates) {
            List<Endpoint> checked = checked();
            synchronized (this) {
                if (closed) {
                    return;
                }
                closed = true;
                balancer.release(this, vitals());
            }
            balancer.healthChecks().replace(settings.check(), checked, List.of());
        }
    }

    // --- choices

    /**
     * Leases an endpoint that {@code key} has not tried, or returns null if there is none or {@link CircuitLimits} are
     * reached. Allocates nothing but the lease. Takes constant time if nothing was tried, all limits are far and the policy
     * does not say otherwise; linear time in the number of endpoints at worst.
     */
    public @Nullable Lease lease(PickKey key) {
        return inTurn(key, false);
    }

    /** The same for a request that has failed before: null also if the {@link RetryBudget} is spent. */
    public @Nullable Lease retry(PickKey key) {
        if (!budgeted()) {
            return null;
        }
        Lease lease = inTurn(key, true);
        if (lease == null) {
            retries.decrementAndGet();
        }
        return lease;
    }

    /**
     * Waits for a lease, after {@link #lease} gave none because of {@link CircuitLimits}. Who waits comes before those who ask
     * later, and waits until it cancels.
     *
     * @param key is used as long as this waits, by one thread at a time
     * @param granted gets the lease, once, on whichever thread made room; maybe before this returns. Must not block
     * @return null if nobody may wait, or as many as may do already
     */
    public @Nullable Waiter await(PickKey key, Consumer<Lease> granted) {
        return waiters == null ? null : waiters.add(key, granted);
    }

    /**
     * The endpoint that {@link #lease} would choose, or null if there is none: a turn is taken, but nothing is counted. For
     * those who keep count themselves.
     */
    public @Nullable Endpoint choose(PickKey key) {
        Seat seat = seat(key);
        if (seat == null) {
            return null;
        }
        leaveSeat(seat);
        serveWaiters();
        return seat.endpoint;
    }

    /**
     * A permit for a connection to {@code endpoint}, to be {@linkplain ConnectionPermit#ask asked} for and closed in any case.
     *
     * @param owner who will use the connection: the same for all who can share one
     * @param shared whether it serves several requests at once
     */
    public ConnectionPermit permit(Endpoint endpoint, Object owner, boolean shared) {
        return new ConnectionPermit(
                balancer.retainConnections(endpoint), settings.limits().connections(), owner, shared);
    }

    /** A lease for who comes just now. */
    private @Nullable Lease inTurn(PickKey key, boolean retry) {
        if (waiters == null) {
            return lease(key, retry);
        }
        Lease lease = waiters.size() > 0 ? null : lease(key, retry);
        if (lease == null) {
            waiters.serve();
        }
        return lease;
    }

    /** A lease for who has waited. */
    @Nullable
    Lease leaseNow(PickKey key) {
        return lease(key, false);
    }

    /** There may be room. Call without any lock. */
    void serveWaiters() {
        if (waiters != null) {
            waiters.serve();
        }
    }

    private @Nullable Lease lease(PickKey key, boolean retry) {
        Seat seat = seat(key);
        if (seat == null) {
            return null;
        }
        int stripe = Stripes.mine();
        Vitals vitals = seat.vitals;
        if (!vitals.tryEnter(stripe)) {
            vitals = balancer.enter(seat.endpoint, stripe);
        }
        return timed
                ? new Lease.Timed(seat, vitals, stripe, retry, balancer.now())
                : new Lease(seat, vitals, stripe, retry);
    }

    private @Nullable Seat seat(PickKey key) {
        Roster now = current();
        if (!counted) {
            return now.chooser.choose(key, 0);
        }
        int open = live.incrementAndGet();
        Seat seat = open > settings.limits().pool() ? null : now.chooser.choose(key, open);
        if (seat == null) {
            live.decrementAndGet();
        }
        return seat;
    }

    private void leaveSeat(Seat seat) {
        if (seat.tally != null) {
            seat.tally.giveBack();
            live.decrementAndGet();
        }
    }

    private boolean budgeted() {
        RetryBudget budget = settings.retries();
        int most = budget == null ? Integer.MAX_VALUE : budget.allowed(inFlight());
        int open = retries.get();
        while (open < most) {
            if (retries.compareAndSet(open, open + 1)) {
                return true;
            }
            open = retries.get();
        }
        return false;
    }

    private int inFlight() {
        int sum = 0;
        for (Seat seat : roster.seats) {
            sum += seat.vitals.inFlight();
        }
        return sum;
    }

    /** A latency is known. */
    void measured(Vitals vitals, long started, LeaseOutcome outcome) {
        long now = balancer.now();
        long took = now - started;
        boolean failed = outcome == LeaseOutcome.FAILED;
        vitals.latency().add(failed ? Math.max(took, decayNanos / 10) : took, now, decayNanos);
    }

    /** A lease of this pool ends. */
    void ended(Seat seat, Vitals vitals, int stripe, LeaseOutcome outcome, boolean retry) {
        leaveSeat(seat);
        if (retry) {
            retries.decrementAndGet();
        }
        if (outcome == LeaseOutcome.ABANDONED || outliers == null) {
            return;
        }
        if (outcome == LeaseOutcome.FAILED) {
            outliers.failed(vitals, vitals.failed(), balancer.now());
        } else {
            vitals.answered(stripe);
            if (timed) {
                outliers.passed(balancer.now());
            }
        }
    }

    // --- health

    private Roster current() {
        Roster now = roster;
        return now.temporary && balancer.now() - now.until >= 0 ? refresh(now) : now;
    }

    /** Makes the roster anew, as something became of an endpoint. */
    void refresh() {
        refresh(null);
        serveWaiters();
    }

    /** @param old makes it anew only if it is still this one, as many may notice that time has passed; or null */
    private Roster refresh(@Nullable Roster old) {
        List<Endpoint> restored = new ArrayList<>();
        Roster made;
        synchronized (this) {
            if (old != null && roster != old) {
                return roster;
            }
            long now = balancer.now();
            for (Roster.Candidate candidate : candidates) {
                if (candidate.vitals().isEjected() && candidate.vitals().restore(now)) {
                    restored.add(candidate.member().endpoint());
                }
            }
            made = roster(now);
            roster = made;
        }
        restored.forEach(balancer.listener()::restored);
        return made;
    }

    /** Leaves an endpoint out for a while and says how long, or 0 if it is not ours, is out already, or may not be out. */
    long eject(Vitals vitals, OutlierDetection rules, long now) {
        long nanos;
        synchronized (this) {
            long out = candidates.stream().filter(c -> c.vitals().isEjected()).count();
            if (out >= rules.allowed(candidates.size()) || !vitals().contains(vitals)) {
                return 0;
            }
            nanos = vitals.eject(now, rules, (balancer.random().nextLong() >>> 11) * 0x1p-53);
        }
        if (nanos > 0) {
            balancer.changed(vitals);
        }
        return nanos;
    }

    Balancer balancer() {
        return balancer;
    }

    List<Seat> seats() {
        return roster.seats;
    }

    // --- reports

    /** This pool as of now. */
    public PoolView view() {
        Roster now = current();
        long nanos = balancer.now();
        List<PoolView.MemberView> members = new ArrayList<>();
        for (Seat seat : now.seats) {
            members.add(view(seat, nanos));
        }
        return new PoolView(
                policy(), inFlight(), retries.get(), waiters == null ? 0 : waiters.size(), now.panic, members);
    }

    private PoolView.MemberView view(Seat seat, long now) {
        Vitals vitals = seat.vitals;
        boolean ejected = vitals.isEjected() && vitals.ejectedUntil() - now > 0;
        PoolView.State state = vitals.isDown()
                ? PoolView.State.DOWN
                : ejected
                        ? PoolView.State.EJECTED
                        : seat.member.draining() ? PoolView.State.DRAINING : PoolView.State.ACTIVE;
        return new PoolView.MemberView(
                seat.member,
                state,
                seat.tenths / (double) SlowStart.STEPS,
                vitals.inFlight(),
                balancer.connections(seat.endpoint),
                vitals.failuresInARow(),
                (long) vitals.latency().last(),
                ejected ? vitals.ejectedUntil() - now : 0,
                // Others may have it probed, or may have had it.
                settings.check() == null ? null : vitals.probe());
    }

    @Override
    public String toString() {
        return "Pool" + endpoints();
    }
}
