package dev.adit.exchange;

import dev.adit.balancer.HealthChecks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Has the health checks of a gateway carried out by its transports: by the one that started first, and when that stops, by
 * the next. Without any, nothing is probed. Safe for any number of threads.
 *
 * <pre>
 *             start, or a pool wants it            after TICK: send what is due
 *   resting ----------------------------&gt; ticking &lt;-----+
 *           &lt;----------------------------         ------+
 *             no pool wants it, or nobody can
 * </pre>
 */
public final class Probes {
    /** Between two looks at what is due. */
    static final Duration TICK = Duration.ofMillis(100);

    private final HealthChecks checks;
    private final List<Prober> probers = new ArrayList<>();
    private boolean ticking;

    /** Counts the changes of who ticks: what was asked of others before is out of date. */
    private int turn;

    /** Probes that {@code checks} ask for. */
    public Probes(HealthChecks checks) {
        this.checks = checks;
        checks.onStart(this::wake);
    }

    /** From now on {@code prober} can be asked, until {@link #stop}. */
    public void start(Prober prober) {
        synchronized (this) {
            probers.add(prober);
        }
        wake();
    }

    /** Asks {@code prober} no more. Does nothing if it was not started. */
    public void stop(Prober prober) {
        synchronized (this) {
            if (probers.indexOf(prober) == 0) {
                turn++;
                ticking = false;
            }
            probers.remove(prober);
        }
        wake();
    }

    private void wake() {
        Prober prober;
        int now;
        synchronized (this) {
            if (ticking || probers.isEmpty() || checks.isEmpty()) {
                return;
            }
            ticking = true;
            prober = probers.get(0);
            now = turn;
        }
        prober.after(TICK, () -> tick(prober, now));
    }

    private void tick(Prober prober, int asked) {
        synchronized (this) {
            if (turn != asked) {
                return;
            }
        }
        try {
            for (HealthChecks.Probe due : checks.due()) {
                prober.send(new Probe(due));
            }
        } finally {
            synchronized (this) {
                ticking = ticking && turn != asked;
            }
            wake();
        }
    }
}
