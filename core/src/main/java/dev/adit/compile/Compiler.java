package dev.adit.compile;

import dev.adit.diagnostic.Diagnostic;
import dev.adit.manifest.ObjectKey;
import dev.adit.manifest.ResourceSet;
import dev.adit.policy.Settings;
import dev.adit.route.Route;
import dev.adit.route.RouteTable;
import dev.adit.tls.Identity;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * From resource sets to route tables. Only what a change touches is compiled again; the first compilation is a change of
 * everything. A bad object never throws and never takes its neighbours along.
 *
 * <pre>
 *  ResourceSet, and the one before: Changes
 *      |
 *      | Ingresses, and those whose Services changed
 *      v
 *  ClassFilter -> NginxDialect: annotations -> policies -> IngressReader: claims on hosts
 *      |                                                      | Backends: Service port -> pool, found or made
 *      +-> Certificates: TLS sections -> certificate table    |
 *                   | hosts whose coverage changed            | hosts of the claims, before and now
 *                   v                                         v
 *                Hosts: per name the Grouping of its claims, else an alias or a www sibling
 *                   |
 *                   v
 *  TableWriter: the names that were touched -> RouteMatcher, which shares the others -> RouteTable
 *
 *  EndpointSlices: Backends.refresh, one store for each pool of their Service; the table stays
 * </pre>
 *
 * Not thread-safe: the gateway calls it under its lock.
 */
public final class Compiler {
    /**
     * What a compilation made.
     *
     * @param served {@code namespace/name} of the Ingresses that are ours and not refused, oldest first
     * @param until when the same resources would make something else, because certificates begin or end to be valid
     */
    public record Result(RouteTable table, List<Diagnostic> diagnostics, List<String> served, Instant until) {}

    private final Settings settings;
    private final UnaryOperator<Route> adjust;
    private final Backends backends;
    private final Certificates certificates;
    private final ClientAuthorities clientAuthorities = new ClientAuthorities();
    private final InstantSource clock;
    private final @Nullable ObjectKey defaultBackend;
    private ResourceSet last = ResourceSet.EMPTY;
    private @Nullable Assembly assembly;

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
        this.backends = new Backends(pools, settings.externalNames(), clock);
        this.certificates = new Certificates(defaultIdentity);
        this.clock = clock;
        DefaultBackend named = DefaultBackend.of(settings);
        this.defaultBackend = named == null ? null : named.key();
    }

    /**
     * Compiles {@code resources}, and again what time has changed since the last time. If only EndpointSlices differ from that, the table is
     * the same object.
     */
    public Result compile(ResourceSet resources) {
        Changes changes = new Changes(last, resources);
        boolean done = false;
        try {
            Assembly current = follow(changes, resources, clock.instant());
            Set<ObjectKey> refreshed = new LinkedHashSet<>(changes.endpoints);
            refreshed.addAll(changes.ports);
            refreshed.forEach(service -> backends.refresh(service, resources));
            backends.settle(current.report());
            last = resources;
            done = true;
            return new Result(current.table(), current.report().all(), current.served(), current.until());
        } finally {
            if (!done) { // an extension threw in the middle of it: the next compilation is one of everything
                assembly = null;
                last = ResourceSet.EMPTY;
                backends.abandon();
            }
        }
    }

    private Assembly follow(Changes changes, ResourceSet resources, Instant now) {
        Assembly current = assembly;
        if (current != null && !changes.beyondEndpoints() && now.isBefore(current.until())) {
            return current;
        }
        if (current != null && !isOutdated(current, changes)) {
            current.apply(changes, resources, now);
            if (!current.isFull()) {
                return current;
            }
        }
        Assembly next =
                new Assembly(settings, adjust, backends, certificates, new ClientAuths(clientAuthorities), resources);
        next.apply(new Changes(ResourceSet.EMPTY, resources), resources, now);
        if (current != null) {
            current.close(); // only now: pools that are wanted again stay
        }
        assembly = next;
        backends.unsettle();
        return next;
    }

    /** Whether something differs that all Ingresses may depend on. */
    private boolean isOutdated(Assembly current, Changes changes) {
        return current.isFull() || defaultBackend != null && changes.services.contains(defaultBackend);
    }
}
