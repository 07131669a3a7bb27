package dev.adit.balancer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When which endpoint has to be probed, and what follows from it. Nothing runs by itself: somebody who can connect calls
 * {@link #due} again and again, and reports every {@link Probe}. Pools with the same {@link HealthCheck} share the probes
 * of an endpoint; an endpoint with several is down as long as one of them says so. Safe for any number of threads.
 *
 * <pre>
 *              due                        report, or too late
 *   waiting --------> under way: a Probe --------------------> waiting, from the last beginning on for an interval
 *
 *        `unhealthy` failures in a row
 *   up --------------------------------> down
 *      <--------------------------------
 *        `healthy` passes in a row
 * </pre>
 */
public final class HealthChecks {
    private final Balancer balancer;
    private final Map<Key, Target> targets = new HashMap<>();
    /** How many targets say that an endpoint is down; of those that are up nothing. */
    private final Map<Endpoint, Integer> down = new HashMap<>();
    /** Every target once; those that are gone stay until they are looked at. */
    private final PriorityQueue<Target> agenda;

    private @Nullable Runnable starter;

    private record Key(Endpoint endpoint, HealthCheck check) {}

    HealthChecks(Balancer balancer) {
        this.balancer = balancer;
        long epoch = balancer.now();
        // By their distance from here, as a clock in nanoseconds may turn over.
        this.agenda = new PriorityQueue<>(Comparator.comparingLong((Target target) -> target.at - epoch));
    }

    /** One endpoint that is asked one thing. Guarded by the lock of the checks. */
    private static final class Target {
        private final Key key;
        /** How many pools want it; 0: it is gone. */
        private int users;
        /** When it is looked at next; does not change as long as it is on the agenda. */
        private long at;
        /** When it is due. */
        private long due;

        private @Nullable Probe underWay;
        private boolean down;
        private boolean lastPassed;
        private int inARow;

        Target(Key key) {
            this.key = key;
        }
    }

    /** A probe that somebody has to send. */
    public final class Probe {
        private final Target target;

        private Probe(Target target) {
            this.target = target;
        }

        /** Where to. */
        public Endpoint endpoint() {
            return target.key.endpoint;
        }

        /** What to ask, and how long it may take. */
        public HealthCheck check() {
            return target.key.check;
        }

        /**
         * Says how it went. Does nothing if that was said before, if it took too long, or if nobody wants to know any more.
         *
         * @param detail a few words for operators, such as {@code status 200}
         */
        public void report(boolean passed, String detail) {
            HealthChecks.this.report(this, passed, detail);
        }
    }

    /** What is to be told when the lock is free. */
    private record Verdict(Endpoint endpoint, PoolView.ProbeView seen) {}

    // --- who is checked

    /** The pools of a {@code check} have given up endpoints and got others. Call without any lock. */
    void replace(@Nullable HealthCheck check, Collection<Endpoint> before, Collection<Endpoint> after) {
        if (check == null) {
            return;
        }
        Set<Endpoint> gone = new LinkedHashSet<>(before);
        gone.removeAll(new HashSet<>(after));
        Set<Endpoint> here = new LinkedHashSet<>(after);
        here.removeAll(new HashSet<>(before));
        List<Endpoint> cleared = new ArrayList<>();
        Runnable start = null;
        synchronized (this) {
            boolean idle = targets.isEmpty();
            here.forEach(endpoint -> retain(new Key(endpoint, check)));
            for (Endpoint endpoint : gone) {
                if (release(new Key(endpoint, check))) {
                    cleared.add(endpoint);
                }
            }
            if (idle && !targets.isEmpty()) {
                start = starter;
            }
        }
        cleared.forEach(endpoint -> mark(endpoint, "checked no more"));
        if (start != null) {
            start.run();
        }
    }

    private void retain(Key key) {
        Target target = targets.computeIfAbsent(key, k -> {
            Target made = new Target(k);
            // Those that came together are not asked together, and all of them soon.
            made.due = balancer.now() + (long) (chance() * k.check.interval().toNanos());
            made.at = made.due;
            agenda.add(made);
            return made;
        });
        target.users++;
    }

    /** Whether the endpoint was down because of this. */
    private boolean release(Key key) {
        Target target = targets.get(key);
        if (target == null || --target.users > 0) {
            return false;
        }
        targets.remove(key);
        target.underWay = null;
        boolean was = target.down;
        turn(target, false);
        return was;
    }

    private void turn(Target target, boolean isDown) {
        if (target.down != isDown) {
            target.down = isDown;
            int more = isDown ? 1 : -1;
            down.merge(target.key.endpoint, more, (old, change) -> old + change == 0 ? null : old + change);
        }
    }

    private double chance() {
        return (balancer.random().nextLong() >>> 11) * 0x1p-53;
    }

    // --- the agenda

    /** Whether no pool wants any endpoint to be checked. */
    public synchronized boolean isEmpty() {
        return targets.isEmpty();
    }

    /**
     * Hears when there is something to do from now on, after there was not: a reason to call {@link #due} again and again
     * until {@link #isEmpty}. Called on any thread while pools are changed; must neither block nor throw. Null for nobody.
     */
    public synchronized void onStart(@Nullable Runnable value) {
        starter = value;
    }

    /** The probes that have to be sent now; call a few times a second. Probes that are late fail. */
    public List<Probe> due() {
        List<Probe> due = new ArrayList<>();
        List<Verdict> late = new ArrayList<>();
        synchronized (this) {
            long now = balancer.now();
            Target next = agenda.peek();
            while (next != null && now - next.at >= 0) {
                agenda.remove();
                if (next.users > 0) {
                    if (next.underWay != null) {
                        late.add(judge(next, false, "no answer in time"));
                    }
                    if (now - next.due >= 0) {
                        due.add(begin(next, now));
                    } else {
                        next.at = next.due;
                    }
                    agenda.add(next);
                }
                next = agenda.peek();
            }
        }
        late.forEach(this::tell);
        return due;
    }

    private Probe begin(Target target, long now) {
        HealthCheck check = target.key.check;
        Probe probe = new Probe(target);
        target.underWay = probe;
        target.at = now + check.timeout().toNanos();
        double swing = 1 + check.jitter() * (chance() - 0.5);
        target.due = now + (long) (check.interval().toNanos() * swing);
        return probe;
    }

    private void report(Probe probe, boolean passed, String detail) {
        Verdict verdict;
        synchronized (this) {
            if (probe.target.underWay != probe) {
                return;
            }
            verdict = judge(probe.target, passed, detail);
        }
        tell(verdict);
    }

    private Verdict judge(Target target, boolean passed, String detail) {
        HealthCheck check = target.key.check;
        target.underWay = null;
        target.inARow = target.inARow > 0 && target.lastPassed == passed ? target.inARow + 1 : 1;
        target.lastPassed = passed;
        if (target.inARow >= (passed ? check.healthy() : check.unhealthy())) {
            turn(target, !passed);
        }
        return new Verdict(target.key.endpoint, new PoolView.ProbeView(passed, target.inARow, detail));
    }

    private void tell(Verdict verdict) {
        balancer.probed(verdict.endpoint, verdict.seen);
        mark(verdict.endpoint, verdict.seen.detail());
    }

    /** Marks an endpoint as it is; if others find it otherwise meanwhile, the last word is what it is then. */
    private void mark(Endpoint endpoint, String detail) {
        boolean marked;
        do {
            marked = isDown(endpoint);
            balancer.mark(endpoint, !marked, detail);
        } while (marked != isDown(endpoint));
    }

    private synchronized boolean isDown(Endpoint endpoint) {
        return down.containsKey(endpoint);
    }
}
