package dev.adit.balancer;

import java.util.concurrent.atomic.AtomicInteger;

/** How many of a pool's leases are open at one endpoint. Outlives the pool's rosters. */
final class Tally {
    private final AtomicInteger held = new AtomicInteger();

    /** Counts one more unless there are {@code cap} already. */
    boolean take(int cap) {
        int now = held.get();
        while (now < cap) {
            if (held.compareAndSet(now, now + 1)) {
                return true;
            }
            now = held.get();
        }
        return false;
    }

    void giveBack() {
        held.decrementAndGet();
    }

    int held() {
        return held.get();
    }
}
