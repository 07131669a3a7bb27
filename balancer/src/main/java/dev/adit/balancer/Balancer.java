package dev.adit.balancer;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Makes pools and owns what is learned about endpoints, which all pools share. What is learned about an endpoint is kept
 * while a pool names it or a lease on it is open, so memory is bounded by what is configured and what is under way. Safe
 * for any number of threads.
 */
public final class Balancer {
    private final ConcurrentHashMap<Endpoint, Vitals> vitals = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Endpoint, Connections> connections = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;
    private final RandomGenerator random;
    private final BalancerListener listener;
    private final HealthChecks checks;

    /** A balancer without pools that goes by the system's clock. */
    public Balancer() {
        this(System::nanoTime, new ThreadRandom(), BalancerListener.NONE);
    }

    /**
     * A balancer without pools.
     *
     * @param nanoTime a clock that never goes back, in nanoseconds
     * @param random must be safe for as many threads as use the balancer
     * @param listener hears what happens to endpoints
     */
    public Balancer(LongSupplier nanoTime, RandomGenerator random, BalancerListener listener) {
        this.nanoTime = Objects.requireNonNull(nanoTime);
        this.random = Objects.requireNonNull(random);
        this.listener = Objects.requireNonNull(listener);
        this.checks = new HealthChecks(this);
    }

    /**
     * A pool of {@code endpoints}, in that order; an endpoint that is listed twice counts once. Close the pool when nobody
     * will name it any more.
     */
    public Pool pool(BalancePolicy policy, List<Endpoint> endpoints) {
        return pool(PoolSettings.of(policy), Member.allOf(endpoints));
    }

    /** The same with more settings, and more said about the endpoints. */
    public Pool pool(PoolSettings settings, List<Member> members) {
        return new Pool(this, settings, members);
    }

    /** How many leases are open at {@code endpoint}, over all pools; 0 for an endpoint nobody names. Never negative. */
    public int inFlight(Endpoint endpoint) {
        Vitals known = vitals.get(endpoint);
        return known == null ? 0 : known.inFlight();
    }

    /**
     * How many connections are open to {@code endpoint} or about to be, over all pools: of those who ask for
     * {@linkplain Pool#permit permits}.
     */
    public int connections(Endpoint endpoint) {
        Connections known = connections.get(endpoint);
        return known == null ? 0 : known.opened();
    }

    /** The active health checks that pools ask for: somebody has to send their probes. */
    public HealthChecks healthChecks() {
        return checks;
    }

    /**
     * Says whether an endpoint is up, as {@link #healthChecks} do of those that they probe. A pool does without an endpoint
     * that is down, unless too few others are left. To say it again, or of an endpoint that nobody names, does nothing.
     *
     * @param detail why, in a few words for operators
     */
    public void mark(Endpoint endpoint, boolean up, String detail) {
        Vitals known = vitals.get(endpoint);
        if (known != null && known.mark(up, now())) {
            changed(known);
            listener.marked(endpoint, up, detail);
        }
    }

    /** A probe of {@code endpoint} has ended. */
    void probed(Endpoint endpoint, PoolView.ProbeView seen) {
        Vitals known = vitals.get(endpoint);
        if (known != null) {
            known.probed(seen);
        }
    }

    long now() {
        return nanoTime.getAsLong();
    }

    RandomGenerator random() {
        return random;
    }

    BalancerListener listener() {
        return listener;
    }

    /** How many endpoints something is known about. */
    int known() {
        return vitals.size();
    }

    /**
     * The vitals of every endpoint, kept until {@link #release}.
     *
     * @param warm whether endpoints that nothing is known about are not to be treated as new
     */
    List<Vitals> retain(Pool pool, List<Member> members, boolean warm) {
        List<Vitals> retained = new ArrayList<>(members.size());
        for (Member member : members) {
            retained.add(vitals.compute(member.endpoint(), (key, known) -> {
                Vitals its = known == null ? new Vitals(this, key) : known;
                if (known == null && !warm) {
                    its.comes(now());
                }
                its.retain(pool);
                return its;
            }));
        }
        return retained;
    }

    /** Undoes one {@link #retain}. */
    void release(Pool pool, List<Vitals> retained) {
        for (Vitals its : retained) {
            vitals.computeIfPresent(its.endpoint(), (key, known) -> {
                known.release(pool);
                return known.tryRetire() ? null : known;
            });
        }
    }

    /** Begins a lease at an endpoint whose vitals were dropped after a pool had chosen it: a slow and rare path. */
    Vitals enter(Endpoint endpoint, int stripe) {
        return vitals.compute(endpoint, (key, known) -> {
            Vitals its = known == null ? new Vitals(this, key) : known;
            // Vitals retire only inside an atomic step of this map, so those in it always let a lease in.
            its.tryEnter(stripe);
            return its;
        });
    }

    /** Drops vitals that nobody names if nothing is in flight there. */
    void dropIfIdle(Vitals idle) {
        vitals.computeIfPresent(idle.endpoint(), (key, known) -> known.tryRetire() ? null : known);
    }

    /** The connections of an endpoint, with one permit more; until {@link #releaseConnections}. */
    Connections retainConnections(Endpoint endpoint) {
        return connections.compute(endpoint, (key, known) -> {
            Connections its = known == null ? new Connections(this, key) : known;
            its.retain();
            return its;
        });
    }

    void releaseConnections(Connections its) {
        connections.computeIfPresent(its.endpoint(), (key, known) -> known.release() ? null : known);
    }

    /** How many endpoints have connections, or somebody who waits to open one. */
    int connected() {
        return connections.size();
    }

    /** Has every pool that names the endpoint notice what became of it. */
    void changed(Vitals its) {
        for (Pool pool : its.pools()) {
            pool.refresh();
        }
    }

    /** The random generator of whichever thread asks. */
    private static final class ThreadRandom implements RandomGenerator {
        @Override
        public long nextLong() {
            return ThreadLocalRandom.current().nextLong();
        }
    }
}
