package dev.adit.tck;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The lock that everything of one case shares, and the time until which all that the case waits for must have happened.
 * That time is far off: a case that passes never comes near it.
 */
class Moment {
    /** Long enough for a slow machine; the system property {@code tck.patience} (seconds) changes it. */
    static final Duration PATIENCE = Duration.ofSeconds(Integer.getInteger("tck.patience", 30));

    private final long deadline;

    Moment(Duration patience) {
        deadline = System.nanoTime() + patience.toNanos();
    }

    /** Something that somebody may wait for has changed. */
    synchronized void changed() {
        notifyAll();
    }

    /** Whether it is too late for what somebody waits for. */
    boolean isOver(String what) {
        return System.nanoTime() - deadline > 0;
    }

    /** Asks again and again, for what nobody tells; {@code condition} is asked without the lock. */
    void poll(String what, BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (isOver(what)) {
                throw new AssertionError("waited in vain for: " + what);
            }
            Thread.onSpinWait();
        }
    }

    /** Waits; {@code condition} is asked under the lock. */
    synchronized void await(String what, BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (isOver(what)) {
                throw new AssertionError("waited in vain for: " + what);
            }
            try {
                wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for: " + what, e);
            }
        }
    }
}
