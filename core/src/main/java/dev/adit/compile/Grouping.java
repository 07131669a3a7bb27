package dev.adit.compile;

import dev.adit.annotation.Findings;
import dev.adit.annotation.NginxDialect;
import dev.adit.compile.HostGroup.Draft;
import dev.adit.compile.HostGroup.RuleKey;
import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Effect;
import dev.adit.exchange.RequestTarget;
import dev.adit.manifest.Ingress;
import dev.adit.matcher.HostMap;
import dev.adit.policy.Settings;
import dev.adit.route.Backend;
import dev.adit.route.Protocol;
import dev.adit.route.Route.CanaryBackend;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** From Ingresses to host groups: who owns which rule, default backend and canary. One compilation's worth. */
final class Grouping {
    private final Settings settings;
    private final Backends.Round services;
    private final Findings findings;
    private final Map<String, HostGroup> groups = new TreeMap<>();
    private int rules;

    Grouping(Settings settings, Backends.Round services, Findings findings) {
        this.settings = settings;
        this.services = services;
        this.findings = findings;
    }

    Map<String, HostGroup> group(List<Compiler.Served> served) {
        served.stream().filter(s -> s.policies().canary() == null).forEach(this::add);
        served.stream().filter(s -> s.policies().canary() != null).forEach(this::addCanary);
        return groups;
    }

    private void add(Compiler.Served s) {
        Ingress ingress = s.ingress();
        Backend fallback = fallback(s);
        for (Ingress.Rule rule : ingress.rules()) {
            HostGroup group = claim(rule.host().toLowerCase(Locale.ROOT), s, rule.field());
            if (group == null) {
                continue;
            }
            List<Ingress.Path> paths = rule.paths() == null ? List.of() : rule.paths();
            for (Ingress.Path path : paths) {
                addPath(group, s, path, fallback);
            }
        }
        if (ingress.defaultBackend() instanceof Ingress.ServiceBackend ref) {
            for (String host : Compiler.hosts(ingress)) {
                HostGroup group = claim(host, s, ref.field());
                if (group != null && group.fallback == null) {
                    group.fallback = new Draft(
                            ingress,
                            s.policies(),
                            null,
                            services.backend(ingress, ref, s.policies().balancing(), protocol(s), fallback));
                } else if (group != null && group.fallback != null && group.fallback.ingress != ingress) {
                    shadowed(s, ref.field(), "The default backend of " + name(host), group.fallback.ingress);
                }
            }
        } else if (ingress.defaultBackend() instanceof Ingress.ResourceBackend ref) {
            resourceBackend(ingress, ref);
        }
    }

    private @Nullable HostGroup claim(String host, Compiler.Served s, String field) {
        if (!HostMap.isPattern(host)) {
            findings.error(
                    Code.INVALID,
                    s.ingress(),
                    field + ".host",
                    "'" + host + "' is no host name and no wildcard.",
                    Effect.PATH_DROPPED,
                    "");
            return null;
        }
        HostGroup group = groups.computeIfAbsent(host, h -> new HostGroup(h, s.ingress()));
        String owner = group.firstOwner.metadata().namespace();
        if (settings.firstNamespaceOwnsHost()
                && !owner.equals(s.ingress().metadata().namespace())) {
            findings.error(
                    Code.HOST_OWNED,
                    s.ingress(),
                    field,
                    "The host " + name(host) + " belongs to the namespace " + owner + ".",
                    Effect.PATH_DROPPED,
                    "");
            return null;
        }
        if (!s.policies().appRoot().isEmpty()
                && group.appRootOwner == null
                && s.policies().denied().isEmpty()) {
            group.appRootOwner = new Draft(s.ingress(), s.policies(), null, TableWriter.NOTHING);
        }
        return group;
    }

    private void addPath(HostGroup group, Compiler.Served s, Ingress.Path path, @Nullable Backend fallback) {
        String text = RulePaths.text(path);
        String over = RulePaths.overLimit(text);
        if (over.isEmpty() && rules >= settings.maxRoutes()) {
            over = "is one route more than the " + settings.maxRoutes() + " that a table may hold";
        }
        if (!over.isEmpty()) {
            findings.error(
                    Code.LIMIT_EXCEEDED,
                    s.ingress(),
                    path.field() + ".path",
                    "The path " + over + ".",
                    Effect.PATH_DROPPED,
                    "");
            return;
        }
        if (group.regexOwner == null && (s.policies().useRegex() || RulePaths.rewrites(path, s.policies()))) {
            group.regexOwner = s.ingress();
        }
        boolean regex = RulePaths.isRegex(path, s.policies());
        RuleKey key = new RuleKey(path.pathType(), regex ? text : RequestTarget.canonicalRulePath(text));
        Draft rival = group.rules.get(key);
        if (rival != null) {
            String what = path.pathType().text() + " " + text + " of " + name(group.host);
            shadowed(s, path.field() + ".path", what, rival.ingress);
            return;
        }
        rules++;
        group.rules.put(key, new Draft(s.ingress(), s.policies(), path, backend(s, path.backend(), fallback)));
    }

    /** A canary joins the rule of the same host, path, type and namespace; it is never a rule of its own. */
    private void addCanary(Compiler.Served s) {
        for (Ingress.Rule rule : s.ingress().rules()) {
            HostGroup group = groups.get(rule.host().toLowerCase(Locale.ROOT));
            for (Ingress.Path path : rule.paths() == null ? List.<Ingress.Path>of() : rule.paths()) {
                Draft main = group == null ? null : main(group, s, path);
                if (main == null) {
                    findings.warning(
                            Code.CANARY_WITHOUT_MAIN,
                            s.ingress(),
                            path.field(),
                            "No Ingress of this namespace has "
                                    + path.pathType().text() + " "
                                    + RulePaths.text(path) + " on " + name(rule.host())
                                    + "; a canary alone serves nothing.",
                            Effect.IGNORED,
                            "");
                } else if (main.canary != null) {
                    findings.warning(
                            Code.CANARY_DUPLICATE,
                            s.ingress(),
                            path.field(),
                            "The path has a canary already: Ingress " + main.canary.ingress() + ".",
                            Effect.SHADOWED,
                            "");
                } else if (!s.policies().denied().isEmpty()) {
                    // The finding of the dialect says why: a canary that cannot be served safely takes no request.
                    continue;
                } else if (s.policies().canary() != null) {
                    main.canary = new CanaryBackend(
                            s.ingress().metadata().path(), s.policies().canary(), backend(s, path.backend(), null));
                }
            }
        }
    }

    private @Nullable Draft main(HostGroup group, Compiler.Served s, Ingress.Path path) {
        String text = RulePaths.text(path);
        Draft main = group.rules.get(new RuleKey(path.pathType(), text));
        if (main == null) {
            main = group.rules.get(new RuleKey(path.pathType(), RequestTarget.canonicalRulePath(text)));
        }
        boolean same = main != null
                && main.ingress
                        .metadata()
                        .namespace()
                        .equals(s.ingress().metadata().namespace());
        return same ? main : null;
    }

    private Backend backend(Compiler.Served s, Ingress.Backend ref, @Nullable Backend fallback) {
        if (ref instanceof Ingress.ServiceBackend service) {
            return services.backend(s.ingress(), service, s.policies().balancing(), protocol(s), fallback);
        }
        resourceBackend(s.ingress(), ref);
        return TableWriter.NOTHING;
    }

    /** The Service that the default-backend annotation names, or null. */
    private @Nullable Backend fallback(Compiler.Served s) {
        String name = s.policies().defaultBackend();
        if (name.isEmpty()) {
            return null;
        }
        String field = "metadata.annotations." + NginxDialect.PREFIX + "default-backend";
        Backend backend = services.firstPort(s.ingress(), field, name);
        if (backend == null) {
            findings.warning(
                    Code.SERVICE_MISSING,
                    s.ingress(),
                    field,
                    "There is no Service " + s.ingress().metadata().namespace() + "/" + name + " with a port.",
                    Effect.IGNORED,
                    "");
        }
        return backend;
    }

    private void resourceBackend(Ingress ingress, Ingress.Backend ref) {
        findings.warning(
                Code.RESOURCE_BACKEND,
                ingress,
                ref.field() + ".resource",
                "Resource backends are not supported; the default backend answers.",
                Effect.IGNORED,
                "Use a Service.");
    }

    private void shadowed(Compiler.Served s, String field, String what, Ingress winner) {
        findings.warning(
                Code.SHADOWED,
                s.ingress(),
                field,
                what + " is served by Ingress " + winner.metadata().path() + ", which goes first.",
                Effect.SHADOWED,
                "Remove one of the two.");
    }

    private @Nullable Protocol protocol(Compiler.Served s) {
        return switch (s.policies().backendProtocol()) {
            case "HTTP" -> Protocol.HTTP;
            case "HTTPS" -> Protocol.HTTPS;
            case "GRPC" -> Protocol.H2C;
            case "GRPCS" -> Protocol.H2;
            default -> null;
        };
    }

    private String name(String host) {
        return host.isEmpty() ? "every other host" : host;
    }
}
