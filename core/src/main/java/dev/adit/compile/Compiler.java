package dev.adit.compile;

import dev.adit.annotation.Findings;
import dev.adit.annotation.IngressPolicies;
import dev.adit.annotation.NginxDialect;
import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Diagnostic;
import dev.adit.diagnostic.Effect;
import dev.adit.manifest.EndpointSlice;
import dev.adit.manifest.Ingress;
import dev.adit.manifest.ResourceSet;
import dev.adit.policy.Settings;
import dev.adit.route.Route;
import dev.adit.route.RouteTable;
import dev.adit.tls.Identity;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * From a resource set to a route table. A bad object never throws and never takes its neighbours along.
 *
 * <pre>
 * ResourceSet -- only EndpointSlices differ? --> Backends.updateEndpoints: one store per pool, the table stays
 *      |
 *      v
 * ClassFilter -> order by age, then name -> NginxDialect: annotations -> policies
 *      |
 *      +-> Certificates: TLS sections -> certificate table
 *      +-> HostGroup per host: rules (first one wins), default backend, app root, canaries
 *      |        Backends: Service port -> pool, found or made
 *      v
 * TableWriter: groups, aliases, www siblings -> RouteMatcher -> RouteTable
 * </pre>
 *
 * Not thread-safe: the gateway calls it under its lock.
 */
public final class Compiler {
    /**
     * What a compilation made.
     *
     * @param served {@code namespace/name} of the Ingresses that are ours and not refused, oldest first
     */
    public record Result(RouteTable table, List<Diagnostic> diagnostics, List<String> served) {}

    /** An Ingress that is served, and what its annotations ask for. */
    record Served(Ingress ingress, IngressPolicies policies) {}

    private final Settings settings;
    private final UnaryOperator<Route> adjust;
    private final Backends backends;
    private final Certificates certificates;
    private @Nullable ResourceSet lastResources;
    private RouteTable lastTable = RouteTable.EMPTY;
    private List<Diagnostic> lastFindings = List.of();
    private List<String> lastServed = List.of();

    /**
     * A compiler for one gateway.
     *
     * @param adjust has the last word on the routes of rules and default backends
     * @param defaultIdentity what TLS clients get for names without a certificate, or null
     * @param clock tells whether certificates are valid
     */
    public Compiler(
            Settings settings,
            UnaryOperator<Route> adjust,
            Pools pools,
            @Nullable Identity defaultIdentity,
            InstantSource clock) {
        this.settings = settings;
        this.adjust = adjust;
        this.backends = new Backends(pools, settings.externalNames());
        this.certificates = new Certificates(defaultIdentity, clock);
    }

    /** Compiles {@code resources}. If only EndpointSlices differ from the last time, the table is the same object. */
    public Result compile(ResourceSet resources) {
        if (lastResources != null && onlyEndpointsDiffer(lastResources, resources)) {
            backends.updateEndpoints(resources);
        } else {
            compileTable(resources);
        }
        lastResources = resources;
        Findings empty = new Findings();
        backends.reportEmpty(empty);
        List<Diagnostic> all = new ArrayList<>(lastFindings);
        all.addAll(empty.list());
        return new Result(lastTable, List.copyOf(all), lastServed);
    }

    private void compileTable(ResourceSet resources) {
        Findings findings = new Findings();
        Backends.Round services = backends.round(resources, findings);
        List<Served> served = served(resources, findings);
        Certificates.Round tls = certificates.round(
                resources, findings, served.stream().map(Served::ingress).toList(), settings.defaultSslCertificate());
        Map<String, HostGroup> groups = new Grouping(settings, services, findings).group(served);
        Route compiled = services.defaultRoute(settings);
        Route defaultRoute = compiled == null ? null : adjust.apply(compiled);
        TableWriter writer = new TableWriter(settings, adjust, findings, tls, defaultRoute);
        groups.values().forEach(group -> writer.write(group, group.host));
        writeOtherNames(served, groups, writer, findings);
        services.finish();
        lastTable = new RouteTable(writer.matcher(), writer.routes(), defaultRoute, tls.table());
        lastFindings = findings.list();
        lastServed = served.stream().map(s -> s.ingress().metadata().path()).toList();
    }

    /** The Ingresses that are ours and not refused, oldest first, so that whoever was first wins every conflict. */
    private List<Served> served(ResourceSet resources, Findings findings) {
        Comparator<Ingress> byName = Comparator.comparing(i -> i.metadata().path());
        // ingress-nginx settles a tie the other way round.
        Comparator<Ingress> ties = settings.profile() == Settings.Profile.INGRESS_NGINX ? byName.reversed() : byName;
        ClassFilter classes = new ClassFilter(resources, settings, findings);
        List<Served> served = new ArrayList<>();
        resources.all(Ingress.class).stream()
                .filter(classes::accepts)
                .sorted(Comparator.comparing(Compiler::created).thenComparing(ties))
                .forEach(ingress -> {
                    IngressPolicies policies = NginxDialect.read(ingress, settings, findings);
                    if (policies.refused().isEmpty()) {
                        served.add(new Served(ingress, policies));
                    }
                });
        return served;
    }

    private static Instant created(Ingress ingress) {
        Instant created = ingress.metadata().creationTimestamp();
        return created == null ? Instant.MAX : created;
    }

    /** Aliases first, then www siblings: neither ever takes a host that an Ingress declares. */
    private static void writeOtherNames(
            List<Served> served, Map<String, HostGroup> groups, TableWriter writer, Findings findings) {
        Map<String, HostGroup> taken = new HashMap<>(groups);
        for (Served s : served) {
            for (HostGroup group : groupsOf(s, groups)) {
                s.policies().serverAliases().forEach(alias -> writeAlias(alias, s, group, taken, writer, findings));
            }
        }
        for (Served s : served) {
            for (HostGroup group : s.policies().fromToWww() ? groupsOf(s, groups) : List.<HostGroup>of()) {
                String host = group.host;
                String sibling = host.startsWith("www.") ? host.substring(4) : "www." + host;
                boolean named = !host.isEmpty() && !host.startsWith("*");
                if (named && taken.putIfAbsent(sibling, group) == null) {
                    writer.writeSibling(sibling, group, s.ingress());
                }
            }
        }
    }

    private static void writeAlias(
            String alias,
            Served s,
            HostGroup group,
            Map<String, HostGroup> taken,
            TableWriter writer,
            Findings findings) {
        HostGroup owner = taken.putIfAbsent(alias, group);
        if (owner == null) {
            writer.write(group, alias);
        } else if (owner != group) {
            findings.warning(
                    Code.ALIAS_TAKEN,
                    s.ingress(),
                    "metadata.annotations." + NginxDialect.PREFIX + "server-alias",
                    "The name " + alias + " belongs to the host " + owner.host + " already.",
                    Effect.IGNORED,
                    "");
        }
    }

    /** The groups of the hosts that an Ingress speaks about; a canary has none of its own. */
    private static List<HostGroup> groupsOf(Served s, Map<String, HostGroup> groups) {
        return s.policies().canary() != null
                ? List.of()
                : hosts(s.ingress()).stream()
                        .map(groups::get)
                        .filter(Objects::nonNull)
                        .toList();
    }

    /** The hosts an Ingress speaks about: those of its rules; without rules, every other host. */
    static List<String> hosts(Ingress ingress) {
        return ingress.rules().isEmpty()
                ? List.of("")
                : ingress.rules().stream()
                        .map(rule -> rule.host().toLowerCase(Locale.ROOT))
                        .distinct()
                        .toList();
    }

    private static boolean onlyEndpointsDiffer(ResourceSet before, ResourceSet after) {
        boolean[] others = new boolean[1];
        after.differences(
                before, (then, now) -> others[0] |= !((then == null ? now : then) instanceof EndpointSlice));
        return !others[0];
    }
}
