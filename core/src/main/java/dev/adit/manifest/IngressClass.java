package dev.adit.manifest;

import org.jspecify.annotations.Nullable;

/** A networking.k8s.io/v1 IngressClass. */
public record IngressClass(
        Metadata metadata, String controller, @Nullable Parameters parameters) implements Resource {
    /** The annotation that makes a class the default one; its value must be exactly {@code true}. */
    public static final String DEFAULT_CLASS_ANNOTATION = "ingressclass.kubernetes.io/is-default-class";

    /** Whether Ingresses without a class belong to this one. */
    public boolean isDefault() {
        return "true".equals(metadata.annotations().get(DEFAULT_CLASS_ANNOTATION));
    }

    /** A reference to an object that configures the controller; opaque to routing. Absent texts are empty. */
    public record Parameters(String apiGroup, String kind, String name, String scope, String namespace) {}
}
