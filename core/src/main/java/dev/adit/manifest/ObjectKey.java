package dev.adit.manifest;

import java.util.Comparator;

/**
 * What identifies an object.
 *
 * @param kind the Kubernetes kind
 * @param namespace empty for a cluster-scoped kind
 * @param name the object's name
 */
public record ObjectKey(String kind, String namespace, String name) implements Comparable<ObjectKey> {
    private static final Comparator<ObjectKey> ORDER = Comparator.comparing(ObjectKey::kind)
            .thenComparing(ObjectKey::namespace)
            .thenComparing(ObjectKey::name);

    @Override
    public int compareTo(ObjectKey other) {
        return ORDER.compare(this, other);
    }

    /** {@code Kind namespace/name}, or {@code Kind name} for a cluster-scoped kind. */
    @Override
    public String toString() {
        return namespace.isEmpty() ? kind + " " + name : kind + " " + namespace + "/" + name;
    }
}
