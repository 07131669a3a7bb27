package dev.adit.compile;

import dev.adit.manifest.Ingress;
import dev.adit.policy.Settings;
import java.time.Instant;

/**
 * Who goes first among Ingresses: the older one, and of equally old ones the lesser name; ingress-nginx settles such a tie
 * the other way round. What was never created, such as an object in a file, comes after all that was.
 *
 * @param name {@code namespace/name}
 */
record Age(Instant created, String name, boolean greaterNameFirst) implements Comparable<Age> {
    /** Before every Ingress. */
    static final Age FIRST = new Age(Instant.MIN, "", false);
    /** After every Ingress. */
    static final Age LAST = new Age(Instant.MAX, "\uffff", false);

    static Age of(Ingress ingress, Settings settings) {
        Instant created = ingress.metadata().creationTimestamp();
        return new Age(
                created == null ? Instant.MAX : created,
                ingress.metadata().path(),
                settings.profile() == Settings.Profile.INGRESS_NGINX);
    }

    @Override
    public int compareTo(Age other) {
        int order = created.compareTo(other.created);
        if (order != 0) {
            return order;
        }
        // Only the two ends of all ages are not of one kind.
        boolean reversed = greaterNameFirst && other.greaterNameFirst;
        return reversed ? other.name.compareTo(name) : name.compareTo(other.name);
    }
}
