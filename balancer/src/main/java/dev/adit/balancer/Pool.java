package dev.adit.balancer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Endpoints and a way to choose among them. Survives table swaps. Safe for any number of threads; {@link #lease} never
 * waits for {@link #update}.
 */
public final class Pool {
    private final Balancer balancer;
    private final BalancePolicy policy;
    /** Where the next choice starts. Lives as long as the pool, so an update does not send everybody to the first endpoint. */
    private final AtomicInteger cursor = new AtomicInteger();

    private volatile Vitals[] members;
    private boolean closed;

    Pool(Balancer balancer, BalancePolicy policy, List<Endpoint> endpoints) {
        this.balancer = balancer;
        this.policy = Objects.requireNonNull(policy);
        this.members = balancer.retain(endpoints);
    }

    /** The policy this pool was made with. */
    public BalancePolicy policy() {
        return policy;
    }

    /** The endpoints as of now, in the order they were given, each once. */
    public List<Endpoint> endpoints() {
        Vitals[] now = members;
        List<Endpoint> endpoints = new ArrayList<>(now.length);
        for (Vitals member : now) {
            endpoints.add(member.endpoint());
        }
        return Collections.unmodifiableList(endpoints);
    }

    /**
     * Replaces the endpoints: one volatile store. Leases of endpoints that are gone stay valid, and what is learned about
     * endpoints that stay is kept.
     */
    public synchronized void update(List<Endpoint> endpoints) {
        Vitals[] before = members;
        Vitals[] after = balancer.retain(endpoints);
        members = after;
        // Only now: an endpoint that is in both lists must not be dropped in between.
        balancer.release(closed ? after : before);
    }

    /**
     * Says that nobody will name this pool from now on, so that it keeps nothing in memory. Requests still under way may
     * go on leasing. Calling it again does nothing.
     */
    public synchronized void close() {
        if (!closed) {
            closed = true;
            balancer.release(members);
        }
    }

    /**
     * Chooses an endpoint that {@code key} has not tried, or null if there is none. Allocates nothing but the lease, and
     * takes time linear in the number of endpoints at worst, constant if nothing was tried.
     */
    public @Nullable Lease lease(PickKey key) {
        Vitals chosen = nextInTurn(members, key);
        if (chosen == null) {
            return null;
        }
        return new Lease(chosen.tryEnter() ? chosen : balancer.enter(chosen.endpoint()));
    }

    private @Nullable Vitals nextInTurn(Vitals[] among, PickKey key) {
        // An endpoint that was tried gives its turn away: the next turn is drawn. To walk on without drawing would give
        // its neighbour this turn and the next one too.
        for (int turns = among.length; turns > 0; turns--) {
            Vitals candidate = among[slot(cursor.getAndIncrement(), among.length)];
            if (!key.tried(candidate.endpoint())) {
                return candidate;
            }
        }
        // With other threads drawing in between, the turns above need not have shown every endpoint.
        int start = cursor.get();
        for (int offset = 0; offset < among.length; offset++) {
            Vitals candidate = among[slot(start + offset, among.length)];
            if (!key.tried(candidate.endpoint())) {
                return candidate;
            }
        }
        return null;
    }

    private static int slot(int turn, int size) {
        return (turn & Integer.MAX_VALUE) % size;
    }

    @Override
    public String toString() {
        return "Pool" + endpoints();
    }
}
