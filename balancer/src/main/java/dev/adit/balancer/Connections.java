package dev.adit.balancer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections open to one endpoint, whoever opened them, and those who wait to open another one. Kept by its
 * {@link Balancer} as long as there are any, so that it outlives pools and tables. Safe for any number of threads.
 */
final class Connections {
    private final Balancer owner;
    private final Endpoint endpoint;

    /** How many permits there are that are not closed. Only inside atomic steps of the owner's map. */
    private int permits;

    // Guarded by this, but for reading the sizes.
    /** Those that have a connection, the oldest first. */
    private final Set<ConnectionPermit> open = new LinkedHashSet<>();

    private final Deque<ConnectionPermit> waiting = new ArrayDeque<>();
    /** Those of {@link #open} that were unused and are about to be closed. */
    private final Set<ConnectionPermit> ending = new LinkedHashSet<>();

    private volatile int opened;
    private volatile int waits;

    Connections(Balancer owner, Endpoint endpoint) {
        this.owner = owner;
        this.endpoint = endpoint;
    }

    /** Only inside an atomic step of the owner's map. */
    void retain() {
        permits++;
    }

    /** Only inside an atomic step of the owner's map; returns whether that was the last one. */
    boolean release() {
        return --permits == 0;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    int opened() {
        return opened;
    }

    boolean ask(ConnectionPermit permit) {
        synchronized (this) {
            if (waiting.isEmpty() && open.size() < permit.most) {
                return grant(permit, ConnectionPermit.NEW);
            }
            if (!permit.move(ConnectionPermit.NEW, ConnectionPermit.WAITING)) {
                return false;
            }
            waiting.add(permit);
            waits = waiting.size();
        }
        serve();
        return false;
    }

    void closed(ConnectionPermit permit) {
        synchronized (this) {
            open.remove(permit);
            ending.remove(permit);
            waiting.remove(permit);
            opened = open.size();
            waits = waiting.size();
        }
        owner.releaseConnections(this);
        serve();
    }

    /** To be called after room was made, or a connection is no longer used. */
    void serve() {
        while (waits > 0) {
            Runnable next = next();
            if (next == null) {
                return;
            }
            next.run();
        }
    }

    /** What is to be done next for those who wait, or null if they have to wait on. */
    private synchronized @Nullable Runnable next() {
        for (Iterator<ConnectionPermit> all = waiting.iterator(); all.hasNext(); ) {
            ConnectionPermit permit = all.next();
            if (open.size() < permit.most) {
                all.remove();
                waits = waiting.size();
                if (grant(permit, ConnectionPermit.WAITING)) {
                    return permit.granted();
                }
            }
        }
        Runnable reclaimed = ending.size() < waiting.size() ? reclaimIdle() : null;
        return reclaimed == null ? reclaimShared() : reclaimed;
    }

    /** False if it was closed meanwhile. */
    private boolean grant(ConnectionPermit permit, int from) {
        open.add(permit);
        if (!permit.move(from, ConnectionPermit.USED)) {
            open.remove(permit);
            return false;
        }
        opened = open.size();
        return true;
    }

    private @Nullable Runnable reclaimIdle() {
        for (ConnectionPermit permit : open) {
            Runnable reclaim = permit.reclaim();
            if (reclaim != null && permit.move(ConnectionPermit.IDLE, ConnectionPermit.LEAVING)) {
                ending.add(permit);
                return reclaim;
            }
        }
        return null;
    }

    /**
     * Has a connection end that others share, for one who has none to share: such a connection may be in use for ever. Who has
     * one would gain nothing from taking that of another.
     */
    private @Nullable Runnable reclaimShared() {
        for (ConnectionPermit waits : waiting) {
            if (waits.asked || !waits.shared || shares(waits.owner)) {
                continue;
            }
            for (ConnectionPermit permit : open) {
                Runnable reclaim = permit.reclaim();
                if (permit.shared && reclaim != null && permit.move(ConnectionPermit.USED, ConnectionPermit.LEAVING)) {
                    waits.asked = true;
                    return reclaim;
                }
            }
        }
        return null;
    }

    private boolean shares(Object who) {
        for (ConnectionPermit permit : open) {
            if (permit.shared && permit.owner.equals(who) && !permit.is(ConnectionPermit.LEAVING)) {
                return true;
            }
        }
        return false;
    }
}
