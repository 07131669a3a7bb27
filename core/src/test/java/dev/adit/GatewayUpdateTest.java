package dev.adit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.adit.balancer.Pool;
import dev.adit.manifest.Ingress;
import dev.adit.manifest.Metadata;
import dev.adit.manifest.ResourceSet;
import dev.adit.manifest.Service;
import dev.adit.matcher.MatchTrace;
import dev.adit.policy.Settings;
import dev.adit.route.Backend;
import dev.adit.route.Route;
import dev.adit.route.RouteTable;
import dev.adit.tls.Identity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A gateway that followed changes one by one holds what one holds that saw nothing but the last resources. */
class GatewayUpdateTest {
    private static final List<String> ASKED_HOSTS = List.of(
            "", "x.test", "y.test", "www.x.test", "www.y.test", "o.test", "a.y.test", "z.test", "q.test", "w.z.test");
    private static final List<String> ASKED_PATHS = List.of("/", "/a", "/a/", "/a/b", "/b", "/bcd", "/(", "/A", "/zz");

    private static final List<Map<String, String>> OPTIONS = List.of(
            Map.of(),
            Map.of("default-backend-service", "one/s0", "default-ssl-certificate", "one/t1"),
            Map.of("host-ownership", "first-namespace", "disable-svc-external-name", "false"),
            Map.of("max-routes", "6"));

    private static Settings settings(int choice) {
        Settings.Profile profile = choice % 2 == 0 ? Settings.Profile.STRICT : Settings.Profile.INGRESS_NGINX;
        return Settings.DEFAULT.withProfile(profile).with(OPTIONS.get(choice / 2));
    }

    @Property(tries = 150)
    void followsChanges(@ForAll long seed) {
        RandomCluster cluster = new RandomCluster(seed);
        Settings settings = settings(cluster.below(2 * OPTIONS.size()));
        ResourceSet resources = ResourceSet.EMPTY;
        Gateway gateway = Gateway.builder().settings(settings).build();
        for (int step = 0; step < 40; step++) {
            ResourceSet last = resources;
            for (int changes = cluster.below(8) == 0 ? 10 : 1; changes > 0; changes--) {
                resources = cluster.change(resources);
            }
            Compilation before = gateway.compilation();
            String frozen = describe(before.table());
            Compilation followed = gateway.update(resources);
            Compilation whole = Gateway.builder()
                    .settings(settings)
                    .resources(resources)
                    .build()
                    .compilation();
            assertThat(followed.served()).isEqualTo(whole.served());
            assertThat(followed.diagnostics()).isEqualTo(whole.diagnostics());
            assertThat(describe(followed.table())).isEqualTo(describe(whole.table()));
            assertThat(sharing(followed.table())).isEqualTo(sharing(whole.table()));
            assertPoolsSurvive(before.table(), last, followed.table(), resources);
            if (followed.table() == before.table()) {
                frozen = describe(before.table()); // its pools were updated
            }
            assertThat(withoutEndpoints(describe(before.table()))).isEqualTo(withoutEndpoints(frozen));
        }
    }

    @Test
    void whatAnExtensionThrowsCostsNothingButThatUpdate() {
        AtomicBoolean broken = new AtomicBoolean();
        RandomCluster cluster = new RandomCluster(7);
        ResourceSet resources = ResourceSet.EMPTY;
        for (int i = 0; i < 60; i++) {
            resources = cluster.change(resources);
        }
        Gateway gateway = Gateway.builder()
                .routes(route -> {
                    if (broken.get()) {
                        throw new IllegalStateException("broken");
                    }
                    return route;
                })
                .resources(resources)
                .build();
        Compilation good = gateway.compilation();
        assertThat(good.table().routes()).isNotEmpty();

        broken.set(true);
        ResourceSet changed = resources.with(new Ingress(
                Metadata.of("one", "new"),
                null,
                new Ingress.ServiceBackend("spec.defaultBackend", "s0", "", 80),
                List.of(),
                List.of(new Ingress.Rule("spec.rules[0]", "new.test", List.of()))));
        assertThatThrownBy(() -> gateway.update(changed)).hasMessage("broken");
        assertThat(gateway.compilation()).isSameAs(good);

        broken.set(false);
        Compilation again = gateway.update(resources);
        assertThat(again.diagnostics()).isEqualTo(good.diagnostics());
        assertThat(describe(again.table())).isEqualTo(describe(good.table()));
        assertThat(pools(again.table())).isEqualTo(pools(good.table()));
    }

    /** A pool whose Service is the same as before is the same, for as long as a route leads to it. */
    private static void assertPoolsSurvive(RouteTable before, ResourceSet last, RouteTable now, ResourceSet resources) {
        Map<String, Pool> known = pools(before);
        pools(now).forEach((key, pool) -> {
            String[] name = key.split("[/:]");
            boolean same = last.get(Service.class, name[0], name[1]) == resources.get(Service.class, name[0], name[1]);
            if (same && known.containsKey(key)) {
                assertThat(pool).as(key).isSameAs(known.get(key));
            }
        });
    }

    private static Map<String, Pool> pools(RouteTable table) {
        Map<String, Pool> pools = new HashMap<>();
        for (Route route : table.routes()) {
            Pool pool = route.backend().pool();
            if (pool != null) {
                pools.put(route.backend().id() + ":" + pool.policy(), pool);
            }
        }
        return pools;
    }

    /** Which routes have a pool in common. */
    private static List<Integer> sharing(RouteTable table) {
        Map<Pool, Integer> numbers = new IdentityHashMap<>();
        List<Integer> sharing = new ArrayList<>();
        for (Route route : table.routes()) {
            Pool pool = route.backend().pool();
            sharing.add(pool == null ? -1 : numbers.computeIfAbsent(pool, p -> numbers.size()));
        }
        return sharing;
    }

    private static String withoutEndpoints(String description) {
        return description.replaceAll("(?m) at \\[.*?]", "");
    }

    private static String describe(RouteTable table) {
        StringBuilder out = new StringBuilder();
        table.routes().forEach(route -> out.append(describe(route)).append('\n'));
        out.append("default ").append(describe(table.defaultRoute())).append('\n');
        for (String host : ASKED_HOSTS) {
            Identity identity = table.certificates().find(host);
            out.append("host ").append(host).append(' ').append(identity);
            out.append(' ').append(table.certificates().policy(host)).append('\n');
            for (String path : ASKED_PATHS) {
                MatchTrace<Route> trace = table.matcher().explain(host, path);
                out.append(path)
                        .append(" -> ")
                        .append(describe(table.matcher().find(host, path)))
                        .append('\n');
                trace.candidates()
                        .forEach(c -> out.append("    " + c.kind() + ' ' + c.path() + ' ' + c.verdict() + ' ')
                                .append(describe(c.value()))
                                .append('\n'));
            }
        }
        table.certificates()
                .identities()
                .forEach(identity -> out.append(identity.fingerprint()).append('\n'));
        return out.toString();
    }

    private static String describe(@Nullable Route route) {
        if (route == null) {
            return "nothing";
        }
        return route.ingress() + " " + route.rule() + " to " + describe(route.backend()) + " with "
                + route.policies().httpsRedirect() + route.policies().redirect()
                + route.policies().timeouts()
                + (route.policies().rewrite() == null ? "" : " rewritten")
                + (route.policies().canary() == null
                        ? ""
                        : " or " + route.policies().canary().ingress() + " "
                                + describe(route.policies().canary().backend()));
    }

    private static String describe(@Nullable Backend backend) {
        if (backend == null) {
            return "nothing";
        }
        Pool pool = backend.pool();
        return backend.id() + " " + backend.protocol() + " " + backend.missing()
                + (pool == null ? "" : pool.policy().getClass().getSimpleName() + " at " + pool.endpoints())
                + (backend.fallback() == null ? "" : " else " + describe(backend.fallback()));
    }
}
