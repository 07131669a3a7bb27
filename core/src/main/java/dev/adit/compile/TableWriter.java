package dev.adit.compile;

import dev.adit.annotation.Findings;
import dev.adit.annotation.IngressPolicies;
import dev.adit.compile.HostGroup.Draft;
import dev.adit.compile.HostGroup.RuleKey;
import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Effect;
import dev.adit.exchange.RequestTarget;
import dev.adit.manifest.Ingress;
import dev.adit.manifest.Ingress.PathType;
import dev.adit.matcher.PathKind;
import dev.adit.matcher.RouteMatcher;
import dev.adit.policy.HttpsRedirect;
import dev.adit.policy.PathRegex;
import dev.adit.policy.Redirect;
import dev.adit.policy.Rewrite;
import dev.adit.policy.Settings;
import dev.adit.route.Backend;
import dev.adit.route.Route;
import dev.adit.route.RoutePolicies;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Writes host groups into a matcher: the last stage of a compilation. What is written replaces what was there. */
final class TableWriter {
    /** What a resource backend leads to where no default backend stands behind it. */
    static final Backend NOTHING = Backend.none("unsupported-resource-backend", 404);

    private static final Backend REDIRECTS = Backend.none("redirect", 503);

    private final Settings settings;
    private final UnaryOperator<Route> adjust;
    private final Certificates.Round certificates;
    private final @Nullable Route defaultRoute;
    private final RouteMatcher.Builder<Route> matcher;

    /**
     * A writer for one compilation.
     *
     * @param adjust has the last word on the routes of rules
     * @param matcher starts with the hosts that are not written
     */
    TableWriter(
            Settings settings,
            UnaryOperator<Route> adjust,
            Certificates.Round certificates,
            @Nullable Route defaultRoute,
            RouteMatcher.Builder<Route> matcher) {
        this.settings = settings;
        this.adjust = adjust;
        this.certificates = certificates;
        this.defaultRoute = defaultRoute;
        this.matcher = matcher;
    }

    /** Makes a host group serve nothing any more. */
    void remove(String host) {
        matcher.removeHost(host);
    }

    /**
     * Writes {@code group} under the name {@code host}, which is its own or an alias.
     *
     * @return its routes, the oldest Ingress first
     */
    List<Route> write(HostGroup group, String host, Findings findings) {
        matcher.removeHost(host).claim(host);
        if (group.passthrough != null) {
            return List.of(writePassthrough(group.passthrough, host));
        }
        List<Route> routes = new ArrayList<>();
        Draft fallback = group.fallback;
        if (fallback != null) {
            Route route = route(group, fallback, null);
            matcher.fallback(host, route);
            routes.add(route);
        }
        Map<String, PathRegex> regexes = new HashMap<>();
        RegexBudget budget = new RegexBudget(RequestTarget.MAX_LENGTH);
        Map<String, RuleKey> prefixes = reachablePrefixes(group, findings);
        for (Map.Entry<RuleKey, Draft> entry : group.rules.entrySet()) {
            RuleKey key = entry.getKey();
            Draft draft = entry.getValue();
            Route route = null;
            if (draft.path() != null && isRegex(group, draft)) {
                reportSpill(group, draft, findings);
                route = writeRegex(group, host, draft, draft.path(), regexes, budget, findings);
            } else if (key.pathType() == PathType.EXACT) {
                if (group.appRootOwner == null || !key.path().equals("/")) {
                    route = add(host, PathKind.EXACT, key.path(), route(group, draft, null));
                }
            } else if (key.equals(prefixes.get(elements(key.path())))) {
                route = add(host, PathKind.PREFIX, key.path(), route(group, draft, null));
            }
            if (route != null) {
                routes.add(route);
            }
        }
        Draft appRoot = group.appRootOwner;
        if (appRoot != null) {
            routes.add(add(host, PathKind.EXACT, "/", redirect(group, appRoot, group.appRoot())));
        }
        return routes;
    }

    /** Who speaks plain HTTP to a host whose TLS is passed through is sent there: its endpoints expect TLS. */
    private Route writePassthrough(Claim claim, String host) {
        Draft root = claim.drafts().isEmpty() ? null : claim.drafts().get(0);
        Ingress.Path path = root == null ? null : root.path();
        Route route = new Route(
                claim.ingress().metadata().path(),
                path == null
                        ? null
                        : new Route.Rule(host, path.path(), path.pathType().text()),
                root == null ? Backend.none("passthrough-without-root", 503) : root.backend(),
                RoutePolicies.builder()
                        .passthrough(true)
                        .httpsRedirect(new HttpsRedirect(settings.httpRedirectCode()))
                        .timeouts(settings.timeouts())
                        .retry(settings.retry())
                        .balancing(claim.policies().balancing())
                        .build());
        matcher.fallback(host, route);
        return route;
    }

    /** Makes {@code sibling} send its clients to {@code host}. */
    Route writeSibling(String sibling, String host, Ingress owner) {
        Route route = new Route(
                owner.metadata().path(),
                null,
                REDIRECTS,
                RoutePolicies.builder()
                        .redirect(new Redirect(308, new Redirect.Host(host)))
                        .timeouts(settings.timeouts())
                        .retry(settings.retry())
                        .build());
        matcher.removeHost(sibling).fallback(sibling, route);
        return route;
    }

    private @Nullable Route writeRegex(
            HostGroup group,
            String host,
            Draft draft,
            Ingress.Path path,
            Map<String, PathRegex> known,
            RegexBudget budget,
            Findings findings) {
        String text = RulePaths.text(path);
        try {
            PathRegex regex = PathRegex.path(text);
            if (draft.policies().rewriteTarget().indexOf('$') >= 0 && !regex.fillsGroups()) {
                throw new IllegalArgumentException("it has too many ways to match for the groups of rewrite-target");
            }
            if (known.putIfAbsent(text, regex) != null) {
                reportRepeated(draft, path, findings);
            } else if (!budget.takes(regex)) {
                reportBudget(draft, path, findings);
            } else {
                Route route = route(group, draft, regex);
                matcher.add(host, text, regex, route);
                return route;
            }
        } catch (IllegalArgumentException e) {
            findings.error(
                    Code.REGEX_INVALID,
                    draft.ingress(),
                    path.field() + ".path",
                    "The regular expression " + text + " cannot be used: " + e.getMessage() + ".",
                    Effect.PATH_DROPPED,
                    "Write it in RE2 syntax, without look-around and back-references. To leave paths out, give them a longer rule of their own.");
        }
        return null;
    }

    private static void reportRepeated(Draft draft, Ingress.Path path, Findings findings) {
        findings.warning(
                Code.UNREACHABLE,
                draft.ingress(),
                path.field() + ".path",
                "The regular expression " + RulePaths.text(path) + " is on this host already.",
                Effect.SHADOWED,
                "");
    }

    private static void reportBudget(Draft draft, Ingress.Path path, Findings findings) {
        findings.error(
                Code.LIMIT_EXCEEDED,
                draft.ingress(),
                path.field() + ".path",
                "The regular expression " + RulePaths.text(path)
                        + " is one too many: those of this host that may have to look at the same path could cost it too much time.",
                Effect.PATH_DROPPED,
                "Begin it with plain text that the others do not begin with.");
    }

    /** Profile ingress-nginx: one Ingress changes how the paths of all others on its host are compared. Say so. */
    private void reportSpill(HostGroup group, Draft draft, Findings findings) {
        if (group.regexOwner == null || draft.path() == null || RulePaths.isRegex(draft.path(), draft.policies())) {
            return;
        }
        findings.warning(
                Code.REGEX_HOST,
                draft.ingress(),
                draft.path().field() + ".path",
                draft.path().pathType().text() + " " + RulePaths.text(draft.path())
                        + " is compared as a case-insensitive regular expression, open at its end, because Ingress "
                        + group.regexOwner.metadata().path() + " uses regular expressions on this host.",
                Effect.NONE,
                "Profile strict keeps regular expressions to the Ingress that asks for them.");
    }

    private boolean isRegex(HostGroup group, Draft draft) {
        if (draft.path() == null) {
            return false;
        }
        return settings.profile() == Settings.Profile.INGRESS_NGINX
                ? group.regexOwner != null
                : RulePaths.isRegex(draft.path(), draft.policies());
    }

    private Route add(String host, PathKind kind, String path, Route route) {
        matcher.add(host, kind, path, route);
        return route;
    }

    /**
     * By elements, the one rule that is tried: of {@code /foo} and {@code /foo/} the longer, of equal texts Prefix before
     * ImplementationSpecific. The other one cannot be reached and is reported.
     */
    private Map<String, RuleKey> reachablePrefixes(HostGroup group, Findings findings) {
        Map<String, RuleKey> best = new HashMap<>();
        group.rules.forEach((key, draft) -> {
            if (key.pathType() == PathType.EXACT || isRegex(group, draft)) {
                return;
            }
            RuleKey rival = best.get(elements(key.path()));
            boolean wins = rival == null
                    || key.path().length() > rival.path().length()
                    || key.path().length() == rival.path().length() && key.pathType() == PathType.PREFIX;
            if (wins) {
                best.put(elements(key.path()), key);
            }
            if (rival != null) {
                reportTwin(group, wins ? rival : key, wins ? key : rival, findings);
            }
        });
        return best;
    }

    private void reportTwin(HostGroup group, RuleKey loser, RuleKey winner, Findings findings) {
        Draft draft = group.rules.get(loser);
        if (draft == null || draft.path() == null) {
            return;
        }
        findings.warning(
                Code.UNREACHABLE,
                draft.ingress(),
                draft.path().field() + ".path",
                loser.pathType().text() + " " + loser.path() + " is never reached: "
                        + winner.pathType().text() + " " + winner.path() + " of the same host takes its requests.",
                Effect.SHADOWED,
                "Remove one of the two.");
    }

    private static String elements(String path) {
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private Route route(HostGroup group, Draft draft, @Nullable PathRegex regex) {
        IngressPolicies p = draft.policies();
        Ingress.Path path = draft.path();
        boolean denied = !p.denied().isEmpty();
        boolean covered = certificates.covers(group.host, draft.ingress());
        boolean https = p.forceSslRedirect() || p.sslRedirect() && covered;
        boolean rewrites = path != null && RulePaths.rewrites(path, p);
        return adjust.apply(new Route(
                draft.ingress().metadata().path(),
                path == null
                        ? null
                        : new Route.Rule(
                                group.host, path.path(), path.pathType().text()),
                denied ? draft.backend().closed("denied: " + p.denied()) : backend(group, draft),
                RoutePolicies.builder()
                        .bodyLimit(p.bodyLimit())
                        .redirect(denied ? null : p.redirect())
                        .httpsRedirect(https ? new HttpsRedirect(settings.httpRedirectCode()) : null)
                        .transportSecurity(
                                covered && settings.hsts().on()
                                        ? settings.hsts().value()
                                        : "")
                        .rewrite(rewrites ? new Rewrite(p.rewriteTarget(), regex) : null)
                        .canary(denied ? null : draft.canary())
                        .timeouts(p.timeouts())
                        .retry(p.retry())
                        .balancing(p.balancing())
                        .build()));
    }

    /** A resource backend is served by nobody: the default backends stand in for it. */
    private Backend backend(HostGroup group, Draft draft) {
        if (!draft.backend().service().isEmpty()) {
            return draft.backend();
        }
        if (group.fallback != null && group.fallback != draft) {
            return group.fallback.backend();
        }
        return defaultRoute == null ? NOTHING : defaultRoute.backend();
    }

    private Route redirect(HostGroup group, Draft owner, @Nullable Redirect redirect) {
        return new Route(
                owner.ingress().metadata().path(),
                new Route.Rule(group.host, "/", PathType.EXACT.text()),
                REDIRECTS,
                RoutePolicies.builder()
                        .redirect(redirect)
                        .timeouts(owner.policies().timeouts())
                        .retry(owner.policies().retry())
                        .build());
    }
}
