package dev.adit.manifest;

import dev.adit.diagnostic.SourcePosition;

/** A Kubernetes object that Adit reads. Deeply immutable. */
public sealed interface Resource permits Ingress, IngressClass, Service, EndpointSlice, Secret, ConfigMap {
    /** Name, namespace, labels, annotations and where each field stands. */
    Metadata metadata();

    /** The Kubernetes kind, such as {@code Ingress}. */
    default String kind() {
        return getClass().getSimpleName();
    }

    /** What identifies this object among all others. */
    default ObjectKey key() {
        return new ObjectKey(kind(), metadata().namespace(), metadata().name());
    }

    /** Where {@code field} of this object, or the nearest field around it, stands. */
    default SourcePosition position(String field) {
        return metadata().positions().at(field);
    }
}
