package dev.adit.manifest;

import dev.adit.diagnostic.Code;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads and checks the paths and backends of an Ingress. */
final class IngressPathDecoder {
    private static final Set<String> PATH_FIELDS = Set.of("path", "pathType", "backend");
    private static final Set<String> BACKEND_FIELDS = Set.of("service", "resource");
    private static final Set<String> SERVICE_FIELDS = Set.of("name", "port");
    private static final Set<String> PORT_FIELDS = Set.of("name", "number");
    private static final Set<String> RESOURCE_FIELDS = Set.of("apiGroup", "kind", "name");
    private static final List<String> PATH_TYPES =
            Arrays.stream(Ingress.PathType.values()).map(Ingress.PathType::text).toList();
    private static final List<String> REFUSED_SEQUENCES = List.of("//", "/./", "/../", "%2f", "%2F");
    private static final List<String> REFUSED_ENDS = List.of("/..", "/.");

    private final Findings findings;
    private final boolean relaxedServiceName;

    /** @param relaxedServiceName whether the name of a Service may begin with a digit */
    IngressPathDecoder(Findings findings, boolean relaxedServiceName) {
        this.findings = findings;
        this.relaxedServiceName = relaxedServiceName;
    }

    /** A path of a rule; null if it cannot be used. */
    Ingress.@Nullable Path path(Fields fields) {
        fields.known(PATH_FIELDS);
        String typeText = fields.textOrNull("pathType");
        if (typeText == null) {
            // The API server stops here: what a path of no type means is unknown.
            fields.required("pathType", "A path needs a pathType: " + String.join(", ", PATH_TYPES) + ".");
            return null;
        }
        Ingress.PathType type = Arrays.stream(Ingress.PathType.values())
                .filter(t -> t.text().equals(typeText))
                .findFirst()
                .orElse(null);
        String path = fields.text("path");
        if (type == null) {
            fields.notSupported("pathType", typeText, PATH_TYPES);
        } else {
            checkPath(fields, path, type);
        }
        Ingress.Backend backend = backend(fields.objectOrEmpty("backend"));
        return type == null || backend == null ? null : new Ingress.Path(fields.path(), path, type, backend);
    }

    private static void checkPath(Fields fields, String path, Ingress.PathType type) {
        boolean specific = type == Ingress.PathType.IMPLEMENTATION_SPECIFIC;
        if (!path.startsWith("/") && !(specific && path.isEmpty())) {
            fields.invalid(
                    "path",
                    path.isEmpty()
                            ? "A path of type " + type.text() + " must begin with a slash; this one is empty."
                            : Names.quoted(path) + " must begin with a slash.",
                    "write /" + Names.printable(path, 80));
        }
        if (specific) {
            return;
        }
        for (String sequence : REFUSED_SEQUENCES) {
            if (path.contains(sequence)) {
                fields.invalid("path", Names.quoted(path) + " must not contain " + Names.quoted(sequence) + ".");
            }
        }
        for (String end : REFUSED_ENDS) {
            if (path.endsWith(end)) {
                fields.invalid("path", Names.quoted(path) + " must not end with " + Names.quoted(end) + ".");
            }
        }
    }

    /** A backend; null if it cannot be used. */
    Ingress.@Nullable Backend backend(Fields fields) {
        fields.known(BACKEND_FIELDS);
        Fields service = fields.object("service");
        Fields resource = fields.object("resource");
        if (service != null && resource != null) {
            invalid(fields, "A backend is a service or a resource, not both.");
            return null;
        }
        if (resource != null) {
            return resource(fields, resource);
        }
        if (service != null) {
            return service(fields, service);
        }
        invalid(fields, "A backend needs a service or a resource.");
        return null;
    }

    private void invalid(Fields backend, String message) {
        findings.error(Code.INVALID, backend.path(), backend.position(), message, "");
    }

    private Ingress.Backend service(Fields backend, Fields service) {
        service.known(SERVICE_FIELDS);
        String name = service.text("name");
        if (name.isEmpty()) {
            service.required("name", "The backend needs the name of a Service.");
        } else {
            service.check("name", name, relaxedServiceName ? Names.label(name) : Names.letterFirstLabel(name));
        }
        Fields port = service.objectOrEmpty("port");
        port.known(PORT_FIELDS);
        String portName = port.text("name");
        Integer written = port.integer("number");
        int portNumber = written == null ? 0 : written;
        if (!portName.isEmpty() && portNumber != 0) {
            invalid(backend, "The port of a backend has a name or a number, not both.");
        } else if (!portName.isEmpty()) {
            port.check("name", portName, Names.portName(portName));
        } else if (portNumber != 0) {
            port.check("number", Integer.toString(portNumber), Names.portNumber(portNumber));
        } else {
            findings.error(
                    Code.REQUIRED,
                    backend.path(),
                    backend.position(),
                    "The backend needs the name or the number of a port.",
                    "");
        }
        return new Ingress.ServiceBackend(backend.path(), name, portName, portNumber);
    }

    private static Ingress.Backend resource(Fields backend, Fields resource) {
        resource.known(RESOURCE_FIELDS);
        TypedReference reference = TypedReference.of(resource);
        return new Ingress.ResourceBackend(backend.path(), reference.apiGroup(), reference.kind(), reference.name());
    }
}
