package dev.adit.balancer;

import java.time.Duration;
import java.util.Objects;

/** How a {@link Pool} chooses among its endpoints. Values: two equal policies choose alike. */
public sealed interface BalancePolicy {
    /**
     * Every endpoint in turn, as often as its weight says and spread as evenly as can be (smooth weighted round robin).
     * Honours weights, slow start and zones.
     */
    record RoundRobin() implements BalancePolicy {}

    /** Any endpoint, with a chance that follows its weight. Honours weights, slow start and zones. */
    record Random() implements BalancePolicy {}

    /**
     * The endpoint with the fewest leases open for its weight. Honours weights, slow start and zones.
     *
     * @param exact look at all endpoints, in time linear in their number; else at two of them drawn at random (power of two
     *     choices), which is nearly as even
     */
    record LeastConnections(boolean exact) implements BalancePolicy {}

    /**
     * Of two endpoints drawn at random the one that promises the shorter wait: a moving average of its latency, which jumps
     * to every peak, times the leases that would be open. A failure counts as a latency of a tenth of the decay, so that who
     * fails quickly does not look quick. Honours weights, slow start and zones.
     *
     * @param decay after this time a measured latency counts a third of what it did; positive
     */
    record PeakEwma(Duration decay) implements BalancePolicy {
        public PeakEwma {
            if (decay.isZero() || decay.isNegative()) {
                throw new IllegalArgumentException("the decay must be positive, not " + decay);
            }
        }
    }

    /**
     * The endpoint that {@link PickKey#hash} belongs to; the same in every process that has the same endpoints, and nearly
     * all keys stay where they are when an endpoint comes or goes. With the hash of a client's address this is what others
     * call IP hash. A request without a hash goes to whose turn it is. Honours weights.
     *
     * @param table how keys are laid out
     * @param bound no endpoint gets more than this times its fair share of the leases that are open (rounded up); above 1,
     *     or 0 for no such bound
     */
    record ConsistentHash(Table table, double bound) implements BalancePolicy {
        public ConsistentHash {
            Objects.requireNonNull(table);
            if (!(bound == 0 || bound > 1 && bound <= 1_000)) {
                throw new IllegalArgumentException("a bound is 0 or above 1 and at most 1000, not " + bound);
            }
        }

        /** The layouts. */
        public enum Table {
            /** Many points per endpoint on a circle: a change moves only the keys it must, and costs little. */
            RING,
            /**
             * A table of equal parts: evener and quicker to read than a ring; but a change moves up to twice the keys it must,
             * and for hundreds of endpoints takes a large part of a second. Above 65,535 endpoints a ring takes its place.
             */
            MAGLEV
        }
    }

    /**
     * The endpoints of {@link PickKey#hash} in turn: few of all, always the same for the same hash. A request without a hash
     * goes to whose turn it is. Honours weights.
     *
     * @param size endpoints per hash, 1 to 32
     */
    record Subset(int size) implements BalancePolicy {
        public Subset {
            if (size < 1 || size > 32) {
                throw new IllegalArgumentException("a subset has 1 to 32 endpoints, not " + size);
            }
        }
    }

    /**
     * The endpoint that {@link PickKey#session} names, even if it is draining. A session whose endpoint is gone moves to the
     * one that a consistent hash of the session says; a new one goes to whose turn it is. Honours weights and slow start.
     *
     * @param tokens what names endpoints
     */
    record Sticky(SessionTokens tokens) implements BalancePolicy {
        public Sticky {
            Objects.requireNonNull(tokens);
        }
    }

    /** Every endpoint in turn: the default. */
    static BalancePolicy roundRobin() {
        return new RoundRobin();
    }

    /** Any endpoint. */
    static BalancePolicy random() {
        return new Random();
    }

    /** The less busy of two. */
    static BalancePolicy leastConnections() {
        return new LeastConnections(false);
    }

    /** The quicker of two, over the last ten seconds. */
    static BalancePolicy peakEwma() {
        return new PeakEwma(Duration.ofSeconds(10));
    }

    /** By hash, on a ring without a bound. */
    static BalancePolicy consistentHash() {
        return new ConsistentHash(ConsistentHash.Table.RING, 0);
    }
}
