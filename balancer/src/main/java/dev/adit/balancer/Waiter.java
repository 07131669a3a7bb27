package dev.adit.balancer;

import java.util.function.Consumer;

/** A request that waits for a lease: see {@link Pool#await}. */
public final class Waiter {
    private final Waiters line;
    final PickKey key;
    final Consumer<Lease> granted;
    /** On which thread it waits. */
    final long thread = Thread.currentThread().getId();

    Waiter(Waiters line, PickKey key, Consumer<Lease> granted) {
        this.line = line;
        this.key = key;
        this.granted = granted;
    }

    /** Waits no longer; false if it does not wait any more, as it was given a lease or is just being given one. */
    public boolean cancel() {
        return line.remove(this);
    }
}
