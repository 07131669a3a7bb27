package dev.adit.manifest;

import dev.adit.diagnostic.Code;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads and checks IngressClasses (k8s.io/kubernetes, pkg/apis/networking/validation). */
final class IngressClassDecoder {
    private static final int CONTROLLER_BYTES = 250;
    private static final String CLUSTER = "Cluster";
    private static final String NAMESPACE = "Namespace";
    private static final Set<String> FIELDS = Set.of("apiVersion", "kind", "metadata", "spec");
    private static final Set<String> SPEC_FIELDS = Set.of("controller", "parameters");
    private static final Set<String> PARAMETER_FIELDS = Set.of("apiGroup", "kind", "name", "scope", "namespace");

    private IngressClassDecoder() {}

    static IngressClass decode(Fields object, Metadata metadata, @Nullable Fields old) {
        object.known(FIELDS);
        Fields spec = object.objectOrEmpty("spec");
        spec.known(SPEC_FIELDS);
        String controller = spec.text("controller");
        if (controller.isEmpty()) {
            spec.required("controller", "A class needs the name of its controller.");
        } else if (controller.getBytes(StandardCharsets.UTF_8).length > CONTROLLER_BYTES) {
            spec.invalid("controller", "The name of a controller has at most " + CONTROLLER_BYTES + " bytes.");
        } else {
            spec.check("controller", controller, Names.domainPrefixedPath(controller));
        }
        if (old != null && !old.objectOrEmpty("spec").text("controller").equals(controller)) {
            spec.invalid("controller", "The controller of a class cannot change.", "make another class");
        }
        Fields parameters = spec.object("parameters");
        return new IngressClass(metadata, controller, parameters == null ? null : parameters(parameters));
    }

    private static IngressClass.Parameters parameters(Fields fields) {
        fields.known(PARAMETER_FIELDS);
        TypedReference reference = TypedReference.of(fields);
        String scopeText = fields.textOrNull("scope");
        String scope = scopeText == null ? CLUSTER : scopeText;
        String namespace = fields.textOrNull("namespace");
        switch (scope) {
            case NAMESPACE -> {
                if (namespace == null) {
                    fields.required("namespace", "Parameters of scope Namespace need a namespace.");
                } else {
                    fields.check("namespace", namespace, Names.label(namespace));
                }
            }
            case CLUSTER -> {
                if (namespace != null) {
                    fields.findings()
                            .error(
                                    Code.FORBIDDEN,
                                    fields.path("namespace"),
                                    fields.position("namespace"),
                                    "Parameters of scope Cluster have no namespace.",
                                    "write scope: Namespace, or leave the namespace out");
                }
            }
            default -> fields.notSupported("scope", scope, List.of(CLUSTER, NAMESPACE));
        }
        return new IngressClass.Parameters(
                reference.apiGroup(), reference.kind(), reference.name(), scope, namespace == null ? "" : namespace);
    }
}
