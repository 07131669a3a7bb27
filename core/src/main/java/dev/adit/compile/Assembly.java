package dev.adit.compile;

import dev.adit.annotation.Findings;
import dev.adit.annotation.IngressPolicies;
import dev.adit.annotation.NginxDialect;
import dev.adit.collection.PlacedLists;
import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Diagnostic;
import dev.adit.diagnostic.Effect;
import dev.adit.manifest.Ingress;
import dev.adit.manifest.ObjectKey;
import dev.adit.manifest.ResourceSet;
import dev.adit.manifest.Service;
import dev.adit.matcher.RouteMatcher;
import dev.adit.policy.Settings;
import dev.adit.route.Backend;
import dev.adit.route.Route;
import dev.adit.route.RoutePolicies;
import dev.adit.route.RouteTable;
import dev.adit.tls.CertificateTable;
import dev.adit.tls.TlsPolicy;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that is known between two compilations: what every Ingress says, who depends on what, and the table that it makes. A
 * new one knows nothing; the first compilation is a change of everything.
 *
 * <p>Of settings and the Service of the default backend it takes for granted that they do not change.
 */
final class Assembly {
    private final Settings settings;
    private final UnaryOperator<Route> adjust;
    private final Backends backends;
    private final Certificates certificates;
    private final PlacedLists<Place, Diagnostic> report = new PlacedLists<>();
    private final Backends.@Nullable User defaultUser;
    private final @Nullable Route defaultRoute;

    private final Map<ObjectKey, Age> ages = new HashMap<>();
    private final Map<ObjectKey, Served> served = new HashMap<>();
    /** The Ingresses that refer to a Service, or whose annotations refer to a Secret. */
    private final Map<ObjectKey, Set<ObjectKey>> readers = new HashMap<>();

    private final NavigableMap<Age, Ingress> withTls = new TreeMap<>();
    /** Those that say which cipher suites the clients of their hosts may use. */
    private final NavigableMap<Age, Served> withPolicy = new TreeMap<>();

    private final ClientAuths clientAuths;
    private final UpstreamCertificates upstreams = new UpstreamCertificates();

    private final PlacedLists<Age, String> names = new PlacedLists<>();
    private final Hosts hosts;
    private ClassFilter classes;
    private Certificates.@Nullable Round round;
    private Instant until = Instant.MAX;
    private RouteTable table = RouteTable.EMPTY;
    private int rules;
    private boolean full;

    Assembly(
            Settings settings,
            UnaryOperator<Route> adjust,
            Backends backends,
            Certificates certificates,
            ClientAuths clientAuths,
            ResourceSet resources) {
        this.settings = settings;
        this.adjust = adjust;
        this.backends = backends;
        this.certificates = certificates;
        this.clientAuths = clientAuths;
        this.hosts = new Hosts(settings);
        this.classes = classFilter(resources);
        Findings findings = new Findings();
        DefaultBackend named = DefaultBackend.of(settings);
        Service service = named == null ? null : resources.get(Service.class, named.namespace(), named.name());
        this.defaultUser = service == null ? null : backends.user(Age.LAST, service, resources);
        this.defaultRoute = named == null ? null : adjust.apply(defaultRoute(named, service, findings));
        report.put(Place.SETTINGS, findings.list());
    }

    private ClassFilter classFilter(ResourceSet resources) {
        Findings findings = new Findings();
        ClassFilter filter = new ClassFilter(resources, settings, findings);
        report.put(Place.CLASSES, findings.list());
        return filter;
    }

    RouteTable table() {
        return table;
    }

    /** What there is to say; findings about endpoints are put there by those who know them. */
    PlacedLists<Place, Diagnostic> report() {
        return report;
    }

    /** {@code namespace/name} of the Ingresses that are served, the oldest first. */
    List<String> served() {
        return names.all();
    }

    /** Whether rules were left out because there are too many: which ones depends on all Ingresses. */
    boolean isFull() {
        return full;
    }

    /** When time alone makes something else of the same resources, or of what there is to say about them. */
    Instant until() {
        return until;
    }

    /** Lets go of all pools. */
    void close() {
        served.values().forEach(s -> s.backends().close());
        if (defaultUser != null) {
            defaultUser.close();
        }
    }

    /** Follows {@code changes} to {@code resources}, and what time has changed by {@code now}. */
    void apply(Changes changes, ResourceSet resources, Instant now) {
        Set<ObjectKey> touched = new LinkedHashSet<>(changes.ingresses);
        changes.ports.forEach(service -> touched.addAll(readers.getOrDefault(service, Set.of())));
        changes.secrets.forEach(secret -> touched.addAll(readers.getOrDefault(secret, Set.of())));
        if (changes.classes) {
            ClassFilter before = classes;
            classes = classFilter(resources);
            for (Ingress ingress : resources.all(Ingress.class)) {
                if (classes.differs(before, ingress)) {
                    touched.add(ingress.key());
                }
            }
        }
        Map<ObjectKey, Served> retired = new HashMap<>();
        for (ObjectKey key : touched) {
            Served before = remove(key);
            if (before != null) {
                retired.put(key, before);
            }
        }
        byAge(touched, resources).forEach((age, ingress) -> add(age, ingress, resources));
        retired.values().forEach(s -> s.backends().close()); // only now: pools that are wanted again stay
        boolean sections = touched.stream()
                .anyMatch(key -> !Certificates.readsTheSame(ingress(retired.get(key)), ingress(served.get(key))));
        if (round == null || sections || round.asksForAny(changes.secrets) || !now.isBefore(round.until())) {
            readCertificates(resources, now);
        }
        upstreams.report(now, report);
        write(resources, now);
    }

    /** Whose TLS sections count: not those of a host whose TLS is passed through. */
    private static @Nullable Ingress ingress(@Nullable Served served) {
        return served == null || served.policies().passthrough() ? null : served.ingress();
    }

    private @Nullable Served remove(ObjectKey key) {
        Age age = ages.remove(key);
        Served before = served.remove(key);
        if (age != null) {
            report.put(Place.ofIngress(age), List.of());
            clientAuths.remove(age).forEach(hosts::touch);
            upstreams.remove(age);
        }
        if (before != null) {
            before.backends().asked().forEach(service -> forget(service, key));
            names.put(before.age(), List.of());
            withTls.remove(before.age());
            withPolicy.remove(before.age());
            hosts.remove(before);
            rules -= before.rules();
        }
        return before;
    }

    private void forget(ObjectKey service, ObjectKey reader) {
        Set<ObjectKey> others = readers.get(service);
        if (others != null && others.remove(reader) && others.isEmpty()) {
            readers.remove(service);
        }
    }

    private NavigableMap<Age, Ingress> byAge(Set<ObjectKey> keys, ResourceSet resources) {
        NavigableMap<Age, Ingress> ingresses = new TreeMap<>();
        for (ObjectKey key : keys) {
            if (resources.get(key) instanceof Ingress ingress) {
                ingresses.put(Age.of(ingress, settings), ingress);
            }
        }
        return ingresses;
    }

    private void add(Age age, Ingress ingress, ResourceSet resources) {
        ObjectKey key = ingress.key();
        ages.put(key, age);
        Findings findings = new Findings();
        Served now = classes.accepts(ingress, findings) ? read(ingress, age, resources, findings) : null;
        report.put(Place.ofIngress(age), findings.list());
        if (now == null) {
            return;
        }
        served.put(key, now);
        now.backends()
                .asked()
                .forEach(s ->
                        readers.computeIfAbsent(s, k -> new LinkedHashSet<>()).add(key));
        names.put(age, List.of(age.name()));
        if (ingress(now) != null && !ingress.tls().isEmpty()) {
            withTls.put(age, ingress);
        }
        if (now.backends().tls() != null) {
            upstreams.add(age, now.backends().tls());
        }
        if (now.policies().tls() != null && !now.isCanary()) {
            withPolicy.put(age, now);
        }
        hosts.add(now);
        rules += now.rules();
    }

    private @Nullable Served read(Ingress ingress, Age age, ResourceSet resources, Findings findings) {
        IngressPolicies policies = NginxDialect.read(ingress, settings, findings);
        if (policies.clientAuth() != null && policies.canary() == null) {
            Set<String> asked = clientAuths.add(
                    age, ingress, policies.clientAuth(), !policies.refused().isEmpty());
            asked.forEach(hosts::touch);
        }
        if (!policies.refused().isEmpty()) {
            return null;
        }
        IngressReader reader =
                new IngressReader(settings, ingress, age, policies, findings, settings.maxRoutes() - rules);
        Served now = reader.read(backends.user(age, ingress, resources));
        full |= reader.wasCut();
        return now;
    }

    /** Host by host, the oldest Ingress that says so chooses the cipher suites. */
    private Map<String, TlsPolicy> policies() {
        Map<String, TlsPolicy> policies = new HashMap<>();
        for (Served s : withPolicy.values()) {
            TlsPolicy policy = Objects.requireNonNull(s.policies().tls());
            s.claims().keySet().forEach(host -> policies.putIfAbsent(host, policy));
            s.policies().serverAliases().forEach(alias -> policies.putIfAbsent(alias, policy));
        }
        return policies;
    }

    private void readCertificates(ResourceSet resources, Instant time) {
        Findings findings = new Findings();
        Certificates.Round before = round;
        Certificates.Round now = certificates.round(resources, time, findings, List.copyOf(withTls.values()), settings);
        round = now;
        report.put(Place.CERTIFICATES, findings.list());
        if (before == null) {
            return;
        }
        for (String host : now.hostsThatDiffer(before)) {
            hosts.touch(host);
            if (host.startsWith("*.")) {
                hosts.touchBelow(host.substring(2));
            }
        }
        Set<ObjectKey> differ = now.secretsThatDiffer(before);
        for (Ingress ingress : withTls.values()) { // a certificate's own names count for the Ingress that has it
            if (Certificates.takesNamesOf(ingress, differ)) {
                Served s = served.get(ingress.key());
                if (s != null) {
                    s.claims().keySet().forEach(hosts::touch);
                }
            }
        }
    }

    private void write(ResourceSet resources, Instant now) {
        Certificates.Round tls = Objects.requireNonNull(round);
        RouteMatcher.Builder<Route> matcher = table.matcher().toBuilder();
        hosts.write(new TableWriter(settings, adjust, tls, defaultRoute, matcher), clientAuths, report);
        RouteMatcher<Route> routes = matcher.build();
        Findings findings = new Findings();
        ClientAuths.Round clients = clientAuths.round(resources, hosts, tls, now, findings);
        report.put(Place.CLIENTS, findings.list());
        until = Stream.of(tls.until(), upstreams.until(), clients.until())
                .min(Instant::compareTo)
                .orElseThrow();
        CertificateTable certificates =
                tls.table().withPolicies(policies()).withClientAuthorities(clients.asked(routes, hosts));
        table = new RouteTable(
                routes,
                hosts.routes(),
                defaultRoute,
                settings.sslPassthrough()
                        ? certificates.closedTo(name -> RouteTable.passthrough(routes, name) != null)
                        : certificates,
                clients.policies());
    }

    private Route defaultRoute(DefaultBackend named, @Nullable Service service, Findings findings) {
        Service.Port port = service == null ? null : named.portOf(service);
        Backend backend;
        if (service == null || port == null || defaultUser == null) {
            findings.setting(
                    Code.SERVICE_MISSING,
                    "default-backend-service",
                    "There is no Service " + named.namespace() + "/" + named.name() + " with such a TCP port.",
                    Effect.PATH_UNAVAILABLE);
            backend = Backends.unusable(named.namespace(), named.name(), "", "service-missing", null);
        } else {
            backend = backends.byDefault(defaultUser, service, port);
        }
        return new Route(
                "",
                null,
                backend,
                RoutePolicies.builder()
                        .bodyLimit(settings.bodyLimit())
                        .timeouts(settings.timeouts())
                        .retry(settings.retry())
                        .build());
    }
}
