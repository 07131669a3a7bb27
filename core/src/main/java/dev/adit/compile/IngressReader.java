package dev.adit.compile;

import dev.adit.annotation.Findings;
import dev.adit.annotation.IngressPolicies;
import dev.adit.annotation.NginxDialect;
import dev.adit.compile.HostGroup.Draft;
import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Effect;
import dev.adit.manifest.Ingress;
import dev.adit.matcher.HostMap;
import dev.adit.policy.Settings;
import dev.adit.route.Backend;
import dev.adit.route.Protocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** From one Ingress to its claims on hosts. It knows no other Ingress, so what it makes is good until its Services change. */
final class IngressReader {
    /** What a reference means, wherever it stands. */
    private record Target(String service, String portName, int portNumber) {}

    private final Settings settings;
    private final Ingress ingress;
    private final Age age;
    private final IngressPolicies policies;
    private final Findings findings;
    private final int room;
    private final Map<String, Claim> claims = new LinkedHashMap<>();
    /** Of the Services that can be used; those that cannot are reported wherever they are named. */
    private final Map<Target, Backend> usable = new HashMap<>();

    private @Nullable UpstreamTlsReader tls;
    private int rules;
    private boolean cut;

    /**
     * A reader of {@code ingress}; what is wrong with it goes to {@code findings}.
     *
     * @param room how many rules the table has room for
     */
    IngressReader(Settings settings, Ingress ingress, Age age, IngressPolicies policies, Findings findings, int room) {
        this.settings = settings;
        this.ingress = ingress;
        this.age = age;
        this.policies = policies;
        this.findings = findings;
        this.room = room;
    }

    /** Whether there was no room for all rules. */
    boolean wasCut() {
        return cut;
    }

    /** Reads it once, with {@code backends} of its own. */
    Served read(Backends.User backends) {
        tls = new UpstreamTlsReader(ingress, policies.upstreamTls(), backends, findings);
        if (policies.passthrough()) {
            readPassthrough(backends);
        } else if (policies.canary() == null) {
            readRules(backends);
        } else {
            readCanary(backends);
        }
        tls.done();
        backends.done();
        return new Served(ingress, age, policies, claims, rules, backends);
    }

    private void readRules(Backends.User backends) {
        Backend standIn = standIn(backends);
        Draft fallback = null;
        if (ingress.defaultBackend() instanceof Ingress.ServiceBackend ref) {
            fallback = draft(null, backend(backends, ref, standIn));
        } else if (ingress.defaultBackend() instanceof Ingress.ResourceBackend ref) {
            resourceBackend(ref);
        }
        for (Ingress.Rule rule : ingress.rules()) {
            String host = host(rule);
            if (host == null) {
                continue;
            }
            Claim claim = claim(host, rule.field(), fallback);
            for (Ingress.Path path : rule.paths() == null ? List.<Ingress.Path>of() : rule.paths()) {
                readPath(backends, claim, path, standIn);
            }
        }
        Ingress.Backend ref = ingress.defaultBackend();
        if (ingress.rules().isEmpty() && ref != null && fallback != null) {
            claim("", ref.field(), fallback);
        }
    }

    /** The host of a rule, or null if it names something else. */
    private @Nullable String host(Ingress.Rule rule) {
        String host = rule.host().toLowerCase(Locale.ROOT);
        if (HostMap.isPattern(host)) {
            return host;
        }
        dropped(Code.INVALID, rule.field() + ".host", "'" + host + "' is no host name and no wildcard.");
        return null;
    }

    /** The TLS of its hosts is passed through to the Service of path {@code /}; what else it says is said to nobody. */
    private void readPassthrough(Backends.User backends) {
        if (ingress.defaultBackend() != null) {
            dropped(Code.UNREACHABLE, ingress.defaultBackend().field(), "TLS can only be passed through for a host.");
        }
        for (Ingress.Rule rule : ingress.rules()) {
            String host = host(rule);
            if (host == null) {
                continue;
            }
            if (host.isEmpty()) {
                dropped(Code.UNREACHABLE, rule.field(), "TLS can only be passed through for a host.");
                continue;
            }
            Claim claim = claim(host, rule.field(), null);
            for (Ingress.Path path : rule.paths() == null ? List.<Ingress.Path>of() : rule.paths()) {
                if (claim.drafts().isEmpty() && RulePaths.text(path).equals("/")) {
                    readPath(backends, claim, path, null);
                } else {
                    dropped(
                            Code.UNREACHABLE,
                            path.field() + ".path",
                            "The TLS of " + host + " is passed through to one Service, whatever path is asked for.");
                }
            }
            if (claim.drafts().isEmpty()) {
                findings.error(
                        Code.REQUIRED,
                        ingress,
                        rule.field(),
                        "There is no path /, whose Service would get the TLS of " + host + ".",
                        Effect.PATH_UNAVAILABLE,
                        "Add the path /.");
            }
        }
    }

    private void dropped(Code code, String field, String message) {
        findings.error(code, ingress, field, message, Effect.PATH_DROPPED, "");
    }

    private void readPath(Backends.User backends, Claim claim, Ingress.Path path, @Nullable Backend standIn) {
        String over = RulePaths.overLimit(RulePaths.text(path));
        if (over.isEmpty() && rules >= room) {
            cut = true;
            over = "is one route more than the " + settings.maxRoutes() + " that a table may hold";
        }
        if (!over.isEmpty()) {
            dropped(Code.LIMIT_EXCEEDED, path.field() + ".path", "The path " + over + ".");
            return;
        }
        rules++;
        claim.drafts().add(draft(path, backend(backends, path.backend(), standIn)));
    }

    /** A canary has no rules of its own: its paths join those of others. */
    private void readCanary(Backends.User backends) {
        for (Ingress.Rule rule : ingress.rules()) {
            Claim claim = claim(rule.host().toLowerCase(Locale.ROOT), rule.field(), null);
            for (Ingress.Path path : rule.paths() == null ? List.<Ingress.Path>of() : rule.paths()) {
                claim.drafts().add(draft(path, backend(backends, path.backend(), null)));
            }
        }
    }

    private Claim claim(String host, String field, @Nullable Draft fallback) {
        Claim claim = claims.computeIfAbsent(
                host, h -> new Claim(age, ingress, policies, new ArrayList<>(), new ArrayList<>(), fallback));
        claim.fields().add(field);
        return claim;
    }

    private Draft draft(Ingress.@Nullable Path path, Backend backend) {
        return new Draft(ingress, policies, path, backend, null);
    }

    private Backend backend(Backends.User backends, Ingress.Backend ref, @Nullable Backend standIn) {
        if (ref instanceof Ingress.ServiceBackend service) {
            Target target = new Target(service.name(), service.portName(), service.portNumber());
            Backend known = usable.get(target);
            if (known != null) {
                return known;
            }
            Backend backend = backends.backend(service, policies.balancing(), protocol(), tls(), standIn, findings);
            if (backend.pool() != null) {
                usable.put(target, backend);
            }
            return backend;
        }
        resourceBackend(ref);
        return TableWriter.NOTHING;
    }

    /** The Service that the default-backend annotation names, or null. */
    private @Nullable Backend standIn(Backends.User backends) {
        String name = policies.defaultBackend();
        if (name.isEmpty()) {
            return null;
        }
        String field = "metadata.annotations." + NginxDialect.PREFIX + "default-backend";
        Backend backend = backends.firstPort(field, name, tls(), findings);
        if (backend == null) {
            findings.warning(
                    Code.SERVICE_MISSING,
                    ingress,
                    field,
                    "There is no Service " + ingress.metadata().namespace() + "/" + name + " with a port.",
                    Effect.IGNORED,
                    "");
        }
        return backend;
    }

    private UpstreamTlsReader tls() {
        return Objects.requireNonNull(tls);
    }

    private void resourceBackend(Ingress.Backend ref) {
        findings.warning(
                Code.RESOURCE_BACKEND,
                ingress,
                ref.field() + ".resource",
                "Resource backends are not supported; the default backend answers.",
                Effect.IGNORED,
                "Use a Service.");
    }

    private @Nullable Protocol protocol() {
        return switch (policies.backendProtocol()) {
            case "HTTP" -> Protocol.HTTP;
            case "HTTPS" -> Protocol.HTTPS;
            case "GRPC" -> Protocol.H2C;
            case "GRPCS" -> Protocol.H2;
            default -> null;
        };
    }
}
