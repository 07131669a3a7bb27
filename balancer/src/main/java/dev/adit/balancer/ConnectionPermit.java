package dev.adit.balancer;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The right to have one connection to an endpoint, from before it is opened until after it is closed. Whoever opens
 * connections asks for one first; where {@link CircuitLimits#connections} are open already, the one who asks waits, and a
 * connection that is not used is given up for it, whoever holds that.
 *
 * <pre>
 *         ask            granted          idle
 *    NEW -----&gt; WAITING ---------&gt; USED --------&gt; IDLE
 *     |  room                      ^ ^ |  &lt;-------  |
 *     +----------------------------+   |    use     |     reclaimed: whoever holds it is told to close the connection,
 *                        reclaimed     v            v     at once if it is idle, else when its last request has ended
 *                        if shared   LEAVING &lt;------+
 *
 *    close, from any state and any thread: CLOSED
 * </pre>
 *
 * What waits is served in turn. Safe for any number of threads.
 */
public final class ConnectionPermit {
    static final int NEW = 0;
    static final int WAITING = 1;
    static final int USED = 2;
    static final int IDLE = 3;
    static final int LEAVING = 4;
    static final int CLOSED = 5;

    private static final AtomicIntegerFieldUpdater<ConnectionPermit> STATE =
            AtomicIntegerFieldUpdater.newUpdater(ConnectionPermit.class, "state");

    private final @Nullable Connections account;
    /** How many connections to the endpoint may be open with this one. */
    final int most;

    final Object owner;
    /** Whether the connection serves several requests at once. */
    final boolean shared;

    private volatile int state = NEW;
    // Guarded by the account.
    private @Nullable Runnable granted;
    /** Whether a connection that is in use was asked to end for this one. */
    boolean asked;

    private volatile @Nullable Runnable reclaim;

    ConnectionPermit(@Nullable Connections account, int most, Object owner, boolean shared) {
        this.account = account;
        this.most = most;
        this.owner = owner;
        this.shared = shared;
    }

    /** A permit of a connection that is not counted, and never waits. */
    public static ConnectionPermit uncounted() {
        return new ConnectionPermit(null, Integer.MAX_VALUE, "", false);
    }

    /**
     * Asks for it. Call once.
     *
     * @param later runs when there is room, if this returns false: once, on any thread, maybe before this returns, and maybe
     *     while {@link #close} is called. It must not block
     * @return whether a connection may be opened now
     */
    public boolean ask(Runnable later) {
        if (account == null) {
            state = USED;
            return true;
        }
        granted = later;
        return account.ask(this);
    }

    /**
     * The connection stands. Say so after those were served who waited for it: it may be wanted elsewhere at once.
     *
     * @param giveUp has it closed as soon as no request uses it, and take no new ones. Runs once at most, on any thread; it
     *     must not block
     */
    public void opened(Runnable giveUp) {
        reclaim = giveUp;
        serve();
    }

    /** The connection is about to be used. Returns whether it may be: if not, it has to be closed. */
    public boolean use() {
        return STATE.compareAndSet(this, IDLE, USED) || state == USED;
    }

    /** No request uses the connection. Returns whether it may be kept: if not, it has to be closed. */
    public boolean idle() {
        if (!STATE.compareAndSet(this, USED, IDLE)) {
            return state == IDLE;
        }
        // Whoever waits is seen here, or has seen this to be idle.
        serve();
        return true;
    }

    private void serve() {
        if (account != null) {
            account.serve();
        }
    }

    /** The connection is closed, or will not be opened. Every call but the first does nothing. */
    public void close() {
        if (STATE.getAndSet(this, CLOSED) != CLOSED && account != null) {
            account.closed(this);
        }
    }

    // --- for the account, which holds its own lock

    boolean move(int from, int to) {
        return STATE.compareAndSet(this, from, to);
    }

    boolean is(int one) {
        return state == one;
    }

    Runnable granted() {
        return granted == null ? () -> {} : granted;
    }

    @Nullable
    Runnable reclaim() {
        return reclaim;
    }
}
