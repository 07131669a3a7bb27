package dev.adit.standalone;

import dev.adit.balancer.Pool;
import dev.adit.balancer.PoolView;
import dev.adit.route.Backend;
import dev.adit.route.Route;
import dev.adit.route.RoutePolicies;
import dev.adit.route.RouteTable;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The pools of a route table as {@code /pools} shows them: every one once, in the order of the routes. */
record PoolsView(List<Entry> pools) {

    /** A pool, by the backend that named it first; what says nothing is null. */
    record Entry(
            String service,
            String policy,
            int inFlight,
            int retries,
            int pending,
            boolean panic,
            @Nullable Integer maxEndpointConnections,
            List<EndpointView> endpoints) {
        private static Entry of(Backend backend, Pool pool) {
            PoolView view = pool.view();
            int most = pool.settings().limits().connections();
            return new Entry(
                    backend.id(),
                    view.policy().getClass().getSimpleName(),
                    view.inFlight(),
                    view.retries(),
                    view.pending(),
                    view.panic(),
                    most == Integer.MAX_VALUE ? null : most,
                    view.members().stream().map(EndpointView::of).toList());
        }
    }

    /** An endpoint; what says nothing is null. */
    record EndpointView(
            String address,
            String state,
            double weight,
            int inFlight,
            int connections,
            int failures,
            @Nullable Double latencyMillis,
            @Nullable Long ejectedForMillis,
            PoolView.@Nullable ProbeView probe) {
        private static EndpointView of(PoolView.MemberView view) {
            return new EndpointView(
                    view.member().endpoint().authority(),
                    view.state().name().toLowerCase(Locale.ROOT),
                    view.effectiveWeight(),
                    view.inFlight(),
                    view.connections(),
                    view.failures(),
                    view.latencyNanos() == 0 ? null : view.latencyNanos() / 1e6,
                    view.ejectedForNanos() == 0 ? null : view.ejectedForNanos() / 1_000_000,
                    view.probe());
        }
    }

    static PoolsView of(RouteTable table) {
        Map<Pool, Boolean> known = new IdentityHashMap<>();
        List<Entry> entries = new ArrayList<>();
        for (Route route : table.routes()) {
            add(route, known, entries);
        }
        if (table.defaultRoute() != null) {
            add(table.defaultRoute(), known, entries);
        }
        return new PoolsView(List.copyOf(entries));
    }

    private static void add(Route route, Map<Pool, Boolean> known, List<Entry> entries) {
        RoutePolicies policies = route.policies();
        add(route.backend(), known, entries);
        if (policies.canary() != null) {
            add(policies.canary().backend(), known, entries);
        }
        if (policies.auth() != null) {
            add(policies.auth().backend(), known, entries);
        }
        if (policies.errorPages() != null) {
            add(policies.errorPages().backend(), known, entries);
        }
        policies.mirrors().forEach(mirror -> add(mirror.backend(), known, entries));
    }

    private static void add(Backend first, Map<Pool, Boolean> known, List<Entry> entries) {
        for (Backend backend = first; backend != null; backend = backend.fallback()) {
            Pool pool = backend.pool();
            if (pool != null && known.put(pool, true) == null) {
                entries.add(Entry.of(backend, pool));
            }
        }
    }
}
