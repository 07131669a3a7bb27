package dev.adit.compile;

import dev.adit.annotation.Findings;
import dev.adit.annotation.IngressPolicies;
import dev.adit.compile.HostGroup.Draft;
import dev.adit.compile.HostGroup.RuleKey;
import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Effect;
import dev.adit.exchange.RequestTarget;
import dev.adit.manifest.Ingress;
import dev.adit.policy.Canary;
import dev.adit.policy.Settings;
import dev.adit.route.Route.CanaryBackend;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** From the claims on one host to its group: who owns which rule, default backend and canary. The first one wins. */
final class Grouping {
    private final Settings settings;
    private final String host;
    private final ClientAuths clients;
    private final Findings findings;
    private @Nullable HostGroup group;

    private Grouping(Settings settings, String host, ClientAuths clients, Findings findings) {
        this.settings = settings;
        this.host = host;
        this.clients = clients;
        this.findings = findings;
    }

    /**
     * The group of {@code host}, or null if only canaries speak about it.
     *
     * @param claims the oldest first
     */
    static @Nullable HostGroup group(
            Settings settings, String host, Collection<Claim> claims, ClientAuths clients, Findings findings) {
        Grouping grouping = new Grouping(settings, host, clients, findings);
        for (Claim claim : claims) {
            if (claim.policies().canary() == null) {
                grouping.add(claim);
            }
        }
        for (Claim claim : claims) {
            Canary canary = claim.policies().canary();
            if (canary != null) {
                claim.drafts().forEach(draft -> grouping.addCanary(draft, canary));
            }
        }
        return grouping.group;
    }

    private void add(Claim claim) {
        boolean first = this.group == null;
        HostGroup group = this.group == null ? new HostGroup(host, claim.ingress()) : this.group;
        this.group = group;
        String owner = group.firstOwner.metadata().namespace();
        if (settings.firstNamespaceOwnsHost()
                && !owner.equals(claim.ingress().metadata().namespace())) {
            claim.fields().forEach(field -> owned(claim.ingress(), field, owner));
            return;
        }
        IngressPolicies policies = claim.policies();
        if (first && policies.passthrough()) {
            Ingress asking = clients.refusedBefore(claim.age(), host);
            if (asking == null) {
                group.passthrough = claim;
            } else {
                claim.fields().forEach(field -> guarded(claim.ingress(), field, asking));
            }
            return;
        }
        if (group.passthrough != null || policies.passthrough()) {
            claim.fields().forEach(field -> notBoth(claim.ingress(), field, group));
            return;
        }
        if (!policies.appRoot().isEmpty()
                && group.appRootOwner == null
                && policies.denied().isEmpty()) {
            group.appRootOwner = new Draft(claim.ingress(), policies, null, TableWriter.NOTHING, null);
        }
        claim.drafts().forEach(draft -> addRule(group, draft));
        Draft fallback = claim.fallback();
        if (fallback == null) {
            return;
        }
        if (group.fallback == null) {
            group.fallback = fallback;
        } else {
            Ingress.Backend ref = claim.ingress().defaultBackend();
            String field = ref == null ? "" : ref.field();
            shadowed(claim.ingress(), field, "The default backend of " + name(), group.fallback.ingress());
        }
    }

    private void addRule(HostGroup group, Draft draft) {
        Ingress.Path path = draft.path();
        if (path == null) {
            return;
        }
        if (group.regexOwner == null && (draft.policies().useRegex() || RulePaths.rewrites(path, draft.policies()))) {
            group.regexOwner = draft.ingress();
        }
        String text = RulePaths.text(path);
        boolean regex = RulePaths.isRegex(path, draft.policies());
        RuleKey key = new RuleKey(path.pathType(), regex ? text : RequestTarget.canonicalRulePath(text));
        Draft rival = group.rules.putIfAbsent(key, draft);
        if (rival != null) {
            String what = path.pathType().text() + " " + text + " of " + name();
            shadowed(draft.ingress(), path.field() + ".path", what, rival.ingress());
        }
    }

    /** A canary joins the rule of the same host, path, type and namespace; it is never a rule of its own. */
    private void addCanary(Draft draft, Canary when) {
        Ingress.Path path = draft.path();
        if (path == null) {
            return;
        }
        RuleKey key = mainKey(draft.ingress(), path);
        Draft main = group == null || key == null ? null : group.rules.get(key);
        CanaryBackend taken = main == null ? null : main.canary();
        if (main == null) {
            findings.warning(
                    Code.CANARY_WITHOUT_MAIN,
                    draft.ingress(),
                    path.field(),
                    "No Ingress of this namespace has " + path.pathType().text() + " " + RulePaths.text(path) + " on "
                            + name() + "; a canary alone serves nothing.",
                    Effect.IGNORED,
                    "");
        } else if (taken != null) {
            findings.warning(
                    Code.CANARY_DUPLICATE,
                    draft.ingress(),
                    path.field(),
                    "The path has a canary already: Ingress " + taken.ingress() + ".",
                    Effect.SHADOWED,
                    "");
        } else if (draft.policies().denied().isEmpty() && group != null && key != null) {
            // Of one that is denied, the finding of the dialect says why: a canary that cannot be served safely takes
            // no request.
            String name = draft.ingress().metadata().path();
            group.rules.put(
                    key,
                    main.with(new CanaryBackend(
                            name, when, draft.backend(), draft.policies().balancing())));
        }
    }

    private @Nullable RuleKey mainKey(Ingress canary, Ingress.Path path) {
        String text = RulePaths.text(path);
        RuleKey key = new RuleKey(path.pathType(), text);
        Draft main = group == null ? null : group.rules.get(key);
        if (main == null) {
            key = new RuleKey(path.pathType(), RequestTarget.canonicalRulePath(text));
            main = group == null ? null : group.rules.get(key);
        }
        boolean same = main != null
                && main.ingress()
                        .metadata()
                        .namespace()
                        .equals(canary.metadata().namespace());
        return same ? key : null;
    }

    private void owned(Ingress ingress, String field, String owner) {
        findings.error(
                Code.HOST_OWNED,
                ingress,
                field,
                "The host " + name() + " belongs to the namespace " + owner + ".",
                Effect.PATH_DROPPED,
                "");
    }

    private void shadowed(Ingress ingress, String field, String what, Ingress winner) {
        findings.warning(
                Code.SHADOWED,
                ingress,
                field,
                what + " is served by Ingress " + winner.metadata().path() + ", which goes first.",
                Effect.SHADOWED,
                "Remove one of the two.");
    }

    /** The TLS of a host is passed through to one Service, or ended here: never both. */
    private void notBoth(Ingress ingress, String field, HostGroup group) {
        findings.warning(
                Code.SHADOWED,
                ingress,
                field,
                "The TLS of " + name() + " is " + (group.passthrough == null ? "ended here" : "passed through")
                        + " for Ingress " + group.firstOwner.metadata().path() + ", which goes first.",
                Effect.SHADOWED,
                "Let one Ingress alone speak about the host.");
    }

    /** Whoever is refused guards nothing any more, but what it guarded is not opened either. */
    private void guarded(Ingress ingress, String field, Ingress asking) {
        findings.error(
                Code.SHADOWED,
                ingress,
                field,
                "The TLS of " + name() + " is not passed through, since Ingress "
                        + asking.metadata().path()
                        + ", which goes first and is refused, asks its clients for certificates.",
                Effect.HOST_DENIED,
                "Mend that Ingress, or let this one alone speak about the host.");
    }

    private String name() {
        return host.isEmpty() ? "every other host" : host;
    }
}
