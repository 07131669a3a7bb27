package dev.adit.standalone;

import dev.adit.Gateway;
import dev.adit.manifest.Manifests;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Has a gateway follow its source, and the time: certificates begin and end to be valid while nothing else changes. One takes its turn after
 * the other, so that the log tells in order what came of it.
 *
 * <pre>
 *   source --manifests--> update ---+--> gateway --compilation--> log
 *                                   |                  |
 *   timer -- its time is up --> recheck                | until
 *     ^                                                |
 *     +------------------- one task -------------------+
 * </pre>
 *
 * Safe for any number of threads.
 */
final class Updates {
    /** Clocks are set and machines sleep, which no timer notices: after that it is time to look at the clock. */
    static final Duration LONGEST = Duration.ofHours(1);

    /** Of many certificates some end all the time: those of a minute are looked at together. */
    static final Duration SHORTEST = Duration.ofMinutes(1);

    private static final System.Logger LOG = System.getLogger(Updates.class.getName());

    /** Runs a task once, after a delay, on a thread of its own. */
    @FunctionalInterface
    interface Timer {
        Future<?> schedule(Runnable task, Duration delay);
    }

    private final Gateway gateway;
    private final InstantSource clock;
    private final Timer timer;
    private final UpdateLog log = new UpdateLog();
    private @Nullable Future<?> next;

    Updates(Gateway gateway, InstantSource clock, Timer timer) {
        this.gateway = gateway;
        this.clock = clock;
        this.timer = timer;
    }

    /** Serves what the source says from now on. */
    synchronized void update(Manifests manifests) {
        log.updated(manifests, gateway.update(manifests.resourceSet()));
        schedule();
    }

    private synchronized void recheck() {
        try {
            log.rechecked(gateway.recheck());
        } catch (RuntimeException e) {
            // Whatever an extension of the gateway does to itself, time goes on.
            LOG.log(System.Logger.Level.ERROR, "could not look at certificates again", e);
        }
        schedule();
    }

    private void schedule() {
        if (next != null) {
            next.cancel(false);
        }
        Instant now = clock.instant();
        Instant until = gateway.compilation().until();
        Duration delay = until.isBefore(now.plus(LONGEST)) ? Duration.between(now, until) : LONGEST;
        next = timer.schedule(this::recheck, delay.compareTo(SHORTEST) < 0 ? SHORTEST : delay);
    }
}
