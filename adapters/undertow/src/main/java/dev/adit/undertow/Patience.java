package dev.adit.undertow;

import java.time.Duration;

/** How long something has been waited for, as a clock tells it that ticks a few times a second. */
final class Patience {
    private boolean waiting;
    private long since;

    /** Whether it is over, counted from the first time this was asked. */
    boolean exceeded(Duration limit, long now) {
        if (!waiting) {
            waiting = true;
            since = now;
        }
        return now - since > limit.toNanos();
    }

    /** Whether it is over, counted from the first time this was asked after something moved last. */
    boolean exceeded(boolean moved, Duration limit, long now) {
        if (moved) {
            waiting = false;
        }
        return exceeded(limit, now);
    }

    /** Whether {@code pump} has been waiting for {@code whom} for too long, without moving a byte. */
    boolean exceeded(Pump pump, Pump.Wait whom, Duration limit, long now) {
        if (pump.takeProgress()) {
            waiting = false;
        }
        return pump.waitsFor() == whom && exceeded(limit, now);
    }
}
