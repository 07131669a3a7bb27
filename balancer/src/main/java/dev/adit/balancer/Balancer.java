package dev.adit.balancer;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes pools and owns what is learned about endpoints, which all pools share. What is learned about an endpoint is kept
 * while a pool names it or a lease on it is open, so memory is bounded by what is configured and what is under way. Safe
 * for any number of threads.
 */
public final class Balancer {
    private final ConcurrentHashMap<Endpoint, Vitals> vitals = new ConcurrentHashMap<>();

    /** A balancer without pools. */
    public Balancer() {}

    /**
     * A pool of {@code endpoints}, in that order; an endpoint that is listed twice counts once. Close the pool when nobody
     * will name it any more.
     */
    public Pool pool(BalancePolicy policy, List<Endpoint> endpoints) {
        return new Pool(this, policy, endpoints);
    }

    /** How many leases are open at {@code endpoint}, over all pools; 0 for an endpoint nobody names. Never negative. */
    public int inFlight(Endpoint endpoint) {
        Vitals known = vitals.get(endpoint);
        return known == null ? 0 : known.inFlight();
    }

    /** How many endpoints something is known about. */
    int known() {
        return vitals.size();
    }

    /** The vitals of every endpoint, kept until {@link #release}. */
    Vitals[] retain(List<Endpoint> endpoints) {
        List<Vitals> members = new ArrayList<>(endpoints.size());
        for (Endpoint endpoint : new LinkedHashSet<>(endpoints)) {
            members.add(vitals.compute(endpoint, (key, known) -> {
                Vitals member = known == null ? new Vitals(this, key) : known;
                member.retain();
                return member;
            }));
        }
        return members.toArray(Vitals[]::new);
    }

    /** Undoes one {@link #retain}. */
    void release(Vitals[] members) {
        for (Vitals member : members) {
            vitals.computeIfPresent(member.endpoint(), (key, known) -> {
                known.release();
                return known.tryRetire() ? null : known;
            });
        }
    }

    /** Begins a lease at an endpoint whose vitals were dropped after a pool had chosen it: a slow and rare path. */
    Vitals enter(Endpoint endpoint) {
        return vitals.compute(endpoint, (key, known) -> {
            Vitals member = known == null ? new Vitals(this, key) : known;
            // Vitals retire only inside an atomic step of this map, so those in it always let a lease in.
            member.tryEnter();
            return member;
        });
    }

    /** Drops vitals that nobody names if nothing is in flight there. */
    void dropIfIdle(Vitals idle) {
        vitals.computeIfPresent(idle.endpoint(), (key, known) -> known.tryRetire() ? null : known);
    }
}
