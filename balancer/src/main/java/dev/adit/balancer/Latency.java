package dev.adit.balancer;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A moving average of latencies that jumps to every peak and sinks with time. One word, so it needs no lock:
 *
 * <pre>
 *   | average in nanoseconds, a float, 32 bits | when it was taken, in units of 2^14 ns (16 us), 32 bits |
 * </pre>
 *
 * The time wraps after 19 hours; an endpoint that is used once a day then sinks less than it should, and no harm is done.
 */
final class Latency {
    private static final int UNIT_BITS = 14;
    private static final long NONE = 0;

    private final AtomicLong state = new AtomicLong(NONE);

    /** Takes a latency into account. */
    void add(long nanos, long now, double decayNanos) {
        float sample = Math.max(1, nanos);
        long before;
        long after;
        do {
            before = state.get();
            float average = before == NONE ? sample : mixed(before, sample, now, decayNanos);
            after = (long) Float.floatToRawIntBits(average) << 32 | now >>> UNIT_BITS & 0xFFFFFFFFL;
        } while (!state.compareAndSet(before, after));
    }

    private static float mixed(long before, float sample, long now, double decayNanos) {
        float average = average(before);
        if (sample >= average) {
            return sample;
        }
        double kept = Math.exp(-idleNanos(before, now) / decayNanos);
        return (float) (average * kept + sample * (1 - kept));
    }

    /** The average, sunk as long as nothing came; 0 if nothing was measured. */
    double nanos(long now, double decayNanos) {
        long known = state.get();
        if (known == NONE) {
            return 0;
        }
        double idle = idleNanos(known, now);
        // Most are measured all the time: spare them the exponential.
        return idle * 64 < decayNanos ? average(known) : average(known) * Math.exp(-idle / decayNanos);
    }

    /** The average as it was when something came last; 0 if nothing was measured. */
    double last() {
        long known = state.get();
        return known == NONE ? 0 : average(known);
    }

    void forget() {
        state.set(NONE);
    }

    private static float average(long state) {
        return Float.intBitsToFloat((int) (state >>> 32));
    }

    private static double idleNanos(long state, long now) {
        int units = (int) (now >>> UNIT_BITS) - (int) state;
        return Math.max(0, units) * (double) (1 << UNIT_BITS);
    }
}
