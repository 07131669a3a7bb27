package dev.adit.policy;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How requests are spread over endpoints: by affinity, else by hash, else by the algorithm.
 *
 * @param algorithm if nothing of the request decides
 * @param hashBy what of the request decides, or null
 * @param subset if positive, the hash decides on so many endpoints, which take turns: at most 32
 * @param affinity keep clients where they are, or null
 * @param resilience what the pool does to stay well, or null: what the gateway's settings say
 */
public record Balancing(
        Algorithm algorithm,
        @Nullable HashKey hashBy,
        int subset,
        @Nullable Affinity affinity,
        @Nullable Resilience resilience) {
    /** Everybody in turn. */
    public static final Balancing DEFAULT = new Balancing(Algorithm.ROUND_ROBIN, null, 0, null, null);

    /** The greatest subset. */
    public static final int MAX_SUBSET = 32;

    /** Ways to choose. */
    public enum Algorithm {
        /** Everybody in turn. */
        ROUND_ROBIN,
        /** The quicker of two drawn at random. */
        EWMA,
        /** The least busy of all. */
        LEAST_CONNECTIONS,
        /** The less busy of two drawn at random. */
        RANDOM_OF_TWO,
        /** The cluster chooses: the Service's own address stands in for its endpoints. */
        SERVICE
    }

    public Balancing {
        Objects.requireNonNull(algorithm);
        if (subset < 0 || subset > MAX_SUBSET) {
            throw new IllegalArgumentException("a subset has at most " + MAX_SUBSET + " endpoints");
        }
    }

    /** The same with a pool that does this, or what the gateway's settings say. */
    public Balancing with(@Nullable Resilience value) {
        return new Balancing(algorithm, hashBy, subset, affinity, value);
    }

    /** The same with an affinity or without. */
    public Balancing with(@Nullable Affinity value) {
        return new Balancing(algorithm, hashBy, subset, value, resilience);
    }
}
