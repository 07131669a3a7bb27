package dev.adit.manifest;

import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Effect;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads and checks Ingresses (k8s.io/kubernetes, pkg/apis/networking/validation). */
final class IngressDecoder {
    private static final String CLASS_ANNOTATION = "kubernetes.io/ingress.class";
    private static final Set<String> FIELDS = Set.of("apiVersion", "kind", "metadata", "spec", "status");
    private static final Set<String> SPEC_FIELDS = Set.of("ingressClassName", "defaultBackend", "tls", "rules");
    private static final Set<String> TLS_FIELDS = Set.of("hosts", "secretName");
    private static final Set<String> RULE_FIELDS = Set.of("host", "http");
    private static final Set<String> HTTP_FIELDS = Set.of("paths");

    private final Fields object;
    private final Fields spec;
    private final Findings findings;
    private final IngressRatchet ratchet;
    private final IngressPathDecoder paths;

    private IngressDecoder(Fields object, IngressRatchet ratchet) {
        this.object = object;
        this.spec = object.objectOrEmpty("spec");
        this.findings = object.findings();
        this.ratchet = ratchet;
        this.paths = new IngressPathDecoder(findings, ratchet.relaxedServiceName());
    }

    static @Nullable Ingress decode(Fields object, Metadata metadata, @Nullable Fields old) {
        IngressRatchet ratchet = old == null ? IngressRatchet.NONE : IngressRatchet.of(old);
        return new IngressDecoder(object, ratchet).decode(metadata, old == null);
    }

    private Ingress decode(Metadata metadata, boolean creation) {
        object.known(FIELDS);
        spec.known(SPEC_FIELDS);
        String className = className(metadata, creation);
        Ingress.Backend defaultBackend = defaultBackend();
        List<Ingress.Rule> rules = rules();
        List<Ingress.Tls> tls = tls();
        IngressStatusDecoder.check(object.objectOrEmpty("status"));
        boolean nothingWritten = spec.objects("rules").isEmpty() && !spec.has("defaultBackend");
        if (nothingWritten) {
            object.invalid("spec", "An Ingress needs rules or a defaultBackend.");
        } else if (rules.isEmpty() && defaultBackend == null) {
            findings.nothingLeft();
        }
        return new Ingress(metadata, className, defaultBackend, tls, rules);
    }

    private @Nullable String className(Metadata metadata, boolean creation) {
        String name = spec.textOrNull("ingressClassName");
        if (name == null) {
            return null;
        }
        spec.check("ingressClassName", name, Names.subdomain(name));
        String annotation = metadata.annotations().get(CLASS_ANNOTATION);
        if (creation && !findings.lenient() && annotation != null && !annotation.equals(name)) {
            // The API server leaves "metadata" out of this path. It compares the two on creation only, so an object may
            // well live with both: it is kept, and the field wins.
            findings.report(
                    Code.INVALID,
                    "annotations." + CLASS_ANNOTATION,
                    metadata.positions().at("metadata.annotations." + CLASS_ANNOTATION),
                    "The annotation names the class " + Names.quoted(annotation) + ", but spec.ingressClassName "
                            + Names.quoted(name) + ".",
                    "leave the annotation out");
        }
        return name;
    }

    private Ingress.@Nullable Backend defaultBackend() {
        Fields fields = spec.object("defaultBackend");
        if (fields == null) {
            return null;
        }
        int mark = findings.mark();
        Ingress.Backend backend = paths.backend(fields);
        return findings.leaveOut(mark, Effect.PATH_DROPPED) ? null : backend;
    }

    private List<Ingress.Rule> rules() {
        List<Ingress.Rule> rules = new ArrayList<>();
        for (Fields fields : spec.objects("rules")) {
            Ingress.Rule rule = rule(fields);
            if (rule != null) {
                rules.add(rule);
            }
        }
        return List.copyOf(rules);
    }

    private Ingress.@Nullable Rule rule(Fields fields) {
        fields.known(RULE_FIELDS);
        int mark = findings.mark();
        String host = fields.text("host");
        checkHost(fields, host);
        if (findings.leaveOut(mark, Effect.PATH_DROPPED)) {
            // The paths are checked all the same, so that one run reports everything.
            int rest = findings.mark();
            paths(fields);
            findings.leaveOut(rest, Effect.PATH_DROPPED);
            return null;
        }
        int http = findings.mark();
        List<Ingress.Path> paths = paths(fields);
        if (ratchet.wildcardRule() && host.indexOf('*') >= 0) {
            findings.tolerate(http, Effect.PATH_DROPPED);
        }
        findings.leaveOut(http, Effect.PATH_DROPPED);
        // A rule without usable paths still claims its host, or requests for it would reach the rules of others.
        return new Ingress.Rule(fields.path(), host, paths);
    }

    private static void checkHost(Fields fields, String host) {
        if (host.isEmpty()) {
            return;
        }
        String suggestion = Names.suggestHost(host);
        suggestion = suggestion.isEmpty() ? "" : "write " + suggestion;
        String problem = Names.host(host);
        if (Addresses.isAddress(host)) {
            fields.invalid("host", Names.quoted(host) + " is an address; a host must be a DNS name.", suggestion);
        } else if (problem != null) {
            fields.invalid("host", Names.quoted(host) + " " + problem + ".", suggestion);
        }
    }

    /** The usable paths of a rule; null if it has no {@code http}. */
    private @Nullable List<Ingress.Path> paths(Fields rule) {
        Fields http = rule.object("http");
        if (http == null) {
            return null;
        }
        http.known(HTTP_FIELDS);
        List<Fields> written = http.objects("paths");
        if (written.isEmpty()) {
            http.required("paths", "A rule with http needs at least one path.");
        }
        List<Ingress.Path> usable = new ArrayList<>();
        for (Fields fields : written) {
            int mark = findings.mark();
            Ingress.Path path = paths.path(fields);
            if (!findings.leaveOut(mark, Effect.PATH_DROPPED) && path != null) {
                usable.add(path);
            }
        }
        return List.copyOf(usable);
    }

    private List<Ingress.Tls> tls() {
        List<Ingress.Tls> entries = new ArrayList<>();
        for (Fields fields : spec.objects("tls")) {
            fields.known(TLS_FIELDS);
            int mark = findings.mark();
            List<Fields.Item> hosts = fields.texts("hosts");
            for (Fields.Item host : hosts) {
                checkTlsHost(host);
            }
            String secretName = fields.text("secretName");
            if (!secretName.isEmpty() && !ratchet.secretName()) {
                fields.check("secretName", secretName, Names.subdomain(secretName));
            }
            if (!findings.leaveOut(mark, Effect.IGNORED)) {
                List<String> names = hosts.stream().map(Fields.Item::text).toList();
                entries.add(new Ingress.Tls(fields.path(), names, secretName));
            }
        }
        return List.copyOf(entries);
    }

    private void checkTlsHost(Fields.Item host) {
        String problem = Names.host(host.text());
        if (problem != null) {
            String suggestion = Names.suggestHost(host.text());
            findings.error(
                    Code.INVALID,
                    host.field(),
                    host.position(),
                    Names.quoted(host.text()) + " " + problem + ".",
                    suggestion.isEmpty() ? "" : "write " + suggestion);
        }
    }
}
