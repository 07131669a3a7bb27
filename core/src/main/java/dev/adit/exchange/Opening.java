package dev.adit.exchange;

import dev.adit.balancer.ConnectionPermit;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A connection that is to be opened as soon as there may be one more: asks for its {@linkplain UpstreamRequest#permit permit},
 * and waits for it where that must be. Ends in one of three ways. Safe for any number of threads.
 *
 * <pre>
 *   begin ---- room, at once or later ----&gt; open
 *      +------ late ----------------------&gt; noRoom     the permit is closed
 *      +------ cancel --------------------&gt; nothing    the permit is closed
 * </pre>
 */
public final class Opening {
    private final ConnectionPermit permit;
    private final Consumer<ConnectionPermit> open;
    private final Runnable noRoom;
    private final AtomicBoolean over = new AtomicBoolean();

    /**
     * An opening that has not begun.
     *
     * @param owner as in {@link UpstreamRequest#permit}
     * @param open opens the connection, and from then on has to see to it that the permit is closed
     * @param noRoom reports {@link UpstreamFailure.Kind#NO_ROOM}
     */
    public Opening(UpstreamRequest request, Object owner, Consumer<ConnectionPermit> open, Runnable noRoom) {
        this(request.permit(owner), open, noRoom);
    }

    /** The same with a permit that was not asked for. */
    public Opening(ConnectionPermit permit, Consumer<ConnectionPermit> open, Runnable noRoom) {
        this.permit = permit;
        this.open = open;
        this.noRoom = noRoom;
    }

    /**
     * Opens the connection now, or has {@code executor} do it later. Call once.
     *
     * @return whether it has to wait: then call {@link #late} when {@link UpstreamRequest#timeouts} allow no more
     */
    public boolean begin(Executor executor) {
        boolean waits = !permit.ask(() -> later(executor));
        if (!waits) {
            granted();
        }
        return waits;
    }

    private void later(Executor executor) {
        try {
            executor.execute(this::granted);
        } catch (RejectedExecutionException e) {
            // Whoever wanted it has ended, and cannot use it.
            permit.close();
        }
    }

    private void granted() {
        if (over.compareAndSet(false, true)) {
            open.accept(permit);
        }
    }

    /** Whether the connection is not being opened yet, and may still be. */
    public boolean isWaiting() {
        return !over.get();
    }

    /** It has waited long enough. Does nothing if it waits no more. */
    public void late() {
        if (cancel()) {
            noRoom.run();
        }
    }

    /** Nobody wants the connection any more. Returns whether it was still waiting. */
    public boolean cancel() {
        boolean waited = over.compareAndSet(false, true);
        if (waited) {
            permit.close();
        }
        return waited;
    }
}
