package dev.adit.manifest;

/**
 * What identifies an object.
 *
 * @param kind the Kubernetes kind
 * @param namespace empty for a cluster-scoped kind
 * @param name the object's name
 */
public record ObjectKey(String kind, String namespace, String name) implements Comparable<ObjectKey> {
    /** Namespaces and names are often numbered alike, which the usual sum of hashes would turn into equal ones. */
    @Override
    public int hashCode() {
        return (kind.hashCode() * 31 + namespace.hashCode()) * 0x9E3779B1 + name.hashCode();
    }

    @Override
    public int compareTo(ObjectKey other) {
        int order = kind.compareTo(other.kind);
        order = order != 0 ? order : namespace.compareTo(other.namespace);
        return order != 0 ? order : name.compareTo(other.name);
    }

    /** {@code Kind namespace/name}, or {@code Kind name} for a cluster-scoped kind. */
    @Override
    public String toString() {
        return namespace.isEmpty() ? kind + " " + name : kind + " " + namespace + "/" + name;
    }
}
