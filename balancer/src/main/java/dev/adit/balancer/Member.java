package dev.adit.balancer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * An endpoint's place in a pool.
 *
 * @param endpoint who serves
 * @param weight its share, relative to the other members: 1 to {@value #MAX_WEIGHT}
 * @param zone where it runs, or empty if unknown
 * @param draining whether it is going away: it gets no new sessions, and nothing else while others are left, but keeps the
 *     sticky sessions it has
 */
public record Member(Endpoint endpoint, int weight, String zone, boolean draining) {
    /** The greatest weight. */
    public static final int MAX_WEIGHT = 65_535;

    public Member {
        Objects.requireNonNull(endpoint);
        Objects.requireNonNull(zone);
        if (weight < 1 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException("a weight is 1 to " + MAX_WEIGHT + ", not " + weight);
        }
    }

    /** A member of weight 1 in no zone. */
    public static Member of(Endpoint endpoint) {
        return new Member(endpoint, 1, "", false);
    }

    /** Members of weight 1 in no zone. */
    public static List<Member> allOf(List<Endpoint> endpoints) {
        List<Member> members = new ArrayList<>(endpoints.size());
        for (Endpoint endpoint : endpoints) {
            members.add(of(endpoint));
        }
        return Collections.unmodifiableList(members);
    }

    /** The same with another weight. */
    public Member withWeight(int value) {
        return new Member(endpoint, value, zone, draining);
    }

    /** The same in another zone. */
    public Member withZone(String value) {
        return new Member(endpoint, weight, value, draining);
    }

    /** The same, going away or not. */
    public Member withDraining(boolean value) {
        return new Member(endpoint, weight, zone, value);
    }
}
