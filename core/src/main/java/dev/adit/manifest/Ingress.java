package dev.adit.manifest;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A networking.k8s.io/v1 Ingress. Nested records carry the path of their own field, for diagnostics.
 *
 * @param ingressClassName null if absent; an empty text counts as set
 * @param defaultBackend null if absent
 */
public record Ingress(
        Metadata metadata,
        @Nullable String ingressClassName,
        @Nullable Backend defaultBackend,
        List<Tls> tls,
        List<Rule> rules)
        implements Resource {
    public Ingress {
        tls = List.copyOf(tls);
        rules = List.copyOf(rules);
    }

    /** How a path is compared. */
    public enum PathType {
        /** Equal byte for byte. */
        EXACT("Exact"),
        /** Equal element by element from the start. */
        PREFIX("Prefix"),
        /** Left to the class. */
        IMPLEMENTATION_SPECIFIC("ImplementationSpecific");

        private final String text;

        PathType(String text) {
            this.text = text;
        }

        /** The value in manifests. */
        public String text() {
            return text;
        }
    }

    /**
     * One entry of {@code spec.tls}.
     *
     * @param secretName empty if absent
     */
    public record Tls(String field, List<String> hosts, String secretName) {
        public Tls {
            hosts = List.copyOf(hosts);
        }
    }

    /**
     * One entry of {@code spec.rules}.
     *
     * @param host empty = every host that no other rule claims
     * @param paths null if {@code http} is absent; empty if none of them can be used
     */
    public record Rule(String field, String host, @Nullable List<Path> paths) {
        public Rule {
            paths = paths == null ? null : List.copyOf(paths);
        }
    }

    /**
     * One path of a rule.
     *
     * @param path empty if absent
     */
    public record Path(String field, String path, PathType pathType, Backend backend) {}

    /** Where the requests of a path go. */
    public sealed interface Backend {
        /** Path of the field that holds this backend. */
        String field();
    }

    /**
     * A port of a Service in the Ingress's namespace.
     *
     * @param portName empty if the port is given by number
     * @param portNumber 0 if the port is given by name
     */
    public record ServiceBackend(String field, String name, String portName, int portNumber) implements Backend {}

    /** A reference to another kind of object; valid in the API, served by nobody. */
    public record ResourceBackend(String field, String apiGroup, String kind, String name) implements Backend {}
}
