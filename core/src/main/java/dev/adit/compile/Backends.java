package dev.adit.compile;

import dev.adit.annotation.Findings;
import dev.adit.annotation.NginxDialect;
import dev.adit.annotation.UpstreamTls;
import dev.adit.balancer.BalancePolicy;
import dev.adit.balancer.Endpoint;
import dev.adit.balancer.Member;
import dev.adit.balancer.Pool;
import dev.adit.balancer.PoolSettings;
import dev.adit.collection.PlacedLists;
import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Diagnostic;
import dev.adit.diagnostic.Effect;
import dev.adit.manifest.EndpointSlice;
import dev.adit.manifest.Ingress;
import dev.adit.manifest.ObjectKey;
import dev.adit.manifest.Resource;
import dev.adit.manifest.ResourceSet;
import dev.adit.manifest.Secret;
import dev.adit.manifest.Service;
import dev.adit.policy.Balancing;
import dev.adit.route.Backend;
import dev.adit.route.Protocol;
import dev.adit.tls.ClientTls;
import dev.adit.tls.PemException;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * From a Service port to a backend. Pools are found or made by key, so that they survive every compilation that still
 * names them: cursors and what was learned about endpoints live on.
 *
 * <pre>
 *  Service -- ports, settings --> pool &lt;-- kept by -- users: Ingresses, default backend
 *     ^                             |
 *  slices ------- refresh ----------+          without users: closed when things are settled
 * </pre>
 */
final class Backends {
    /** No shorthand, no range: one address. */
    private static final Pattern LITERAL =
            Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    /**
     * Two Ingresses may ask different balancing of one Service port: the settings are part of the key.
     *
     * @param address what stands in for the Service's endpoints, or empty if nothing does
     */
    private record PoolKey(Service.Port port, String address, PoolSettings settings) {}

    /** A pool, and who keeps it: the oldest of them is where a lack of endpoints is reported. */
    private static final class Kept {
        final ObjectKey service;
        final PoolKey key;
        final Pool pool;
        final NavigableMap<User, String> fields = new TreeMap<>();

        @Nullable
        Place reported;

        Kept(ObjectKey service, PoolKey key, Pool pool) {
            this.service = service;
            this.key = key;
            this.pool = pool;
        }
    }

    private final Pools maker;
    private final boolean externalNames;
    private final Map<ObjectKey, Map<PoolKey, Kept>> pools = new HashMap<>();
    private final Set<Kept> unsettled = new LinkedHashSet<>();
    private final UpstreamSecrets secrets;
    private long users;

    Backends(Pools maker, boolean externalNames, InstantSource clock) {
        this.maker = maker;
        this.externalNames = externalNames;
        secrets = new UpstreamSecrets(clock);
    }

    static ObjectKey key(String namespace, String service) {
        return new ObjectKey("Service", namespace, service);
    }

    /** Somebody who asks for backends and keeps their pools. */
    User user(Age age, Resource by, ResourceSet resources) {
        return new User(age, users++, by, resources);
    }

    /** Gives the pools of a Service its endpoints. */
    void refresh(ObjectKey key, ResourceSet resources) {
        Service service = resources.get(Service.class, key.namespace(), key.name());
        if (service == null) {
            return; // nobody can have asked for its pools since it went
        }
        for (Kept kept : pools.getOrDefault(key, Map.of()).values()) {
            List<Member> members = members(kept.key, service, resources);
            if (!members.equals(kept.pool.members())) {
                kept.pool.updateMembers(members);
                unsettled.add(kept);
            }
        }
    }

    /** Forgets all users, and keeps the pools until things are settled: the next users may want them again. */
    void abandon() {
        pools.values().forEach(ofService -> ofService.values().forEach(kept -> kept.fields.clear()));
        unsettle();
    }

    /** Has all pools reported again. */
    void unsettle() {
        pools.values().forEach(ofService -> unsettled.addAll(ofService.values()));
    }

    /** Closes the pools that nobody keeps any more; requests under way may still use them. Reports those without endpoints. */
    void settle(PlacedLists<Place, Diagnostic> report) {
        for (Kept kept : unsettled) { // all before the first is reported: one may take the place of another
            if (kept.reported != null) {
                report.put(kept.reported, List.of());
                kept.reported = null;
            }
        }
        for (Kept kept : unsettled) {
            if (kept.fields.isEmpty()) {
                kept.pool.close();
                Map<PoolKey, Kept> ofService = pools.getOrDefault(kept.service, Map.of());
                ofService.remove(kept.key);
                if (ofService.isEmpty()) {
                    pools.remove(kept.service);
                }
            } else if (kept.pool.isEmpty()) {
                reportEmpty(kept, report);
            }
        }
        unsettled.clear();
    }

    private static void reportEmpty(Kept kept, PlacedLists<Place, Diagnostic> report) {
        User first = kept.fields.firstKey();
        String field = kept.fields.firstEntry().getValue();
        Findings findings = new Findings();
        findings.warning(
                Code.NO_ENDPOINTS,
                first.by,
                field,
                "The Service " + kept.service.namespace() + "/" + kept.service.name()
                        + " has no usable endpoint for port " + kept.key.port.port() + ".",
                Effect.PATH_UNAVAILABLE,
                "");
        kept.reported = Place.ofEndpoints(first.age, field);
        report.put(kept.reported, findings.list());
    }

    private static List<Member> members(PoolKey key, Service service, ResourceSet resources) {
        if (!key.address.isEmpty()) {
            return List.of(Member.of(Endpoint.of(key.address, key.port.port())));
        }
        return members(service, key.port, key.settings.policy() instanceof BalancePolicy.Sticky, resources);
    }

    /** @param sessions whether endpoints that drain keep the sessions they have */
    private static List<Member> members(Service service, Service.Port port, boolean sessions, ResourceSet resources) {
        if (service.type().equals("ExternalName")) {
            int number = port.targetPort() > 0 ? port.targetPort() : port.port();
            return List.of(Member.of(Endpoint.of(ExternalNames.host(service), number)));
        }
        List<EndpointSlice> slices = slices(service, resources);
        return sessions ? Endpoints.ofSessions(port, slices) : Endpoints.of(port, slices);
    }

    private static List<EndpointSlice> slices(Service service, ResourceSet resources) {
        return resources.endpointSlices(
                service.metadata().namespace(), service.metadata().name());
    }

    /** Keeps the pools of the backends that it asked for. Users are ordered by age. */
    final class User implements Comparable<User> {
        private final Age age;
        private final long number;
        private final Resource by;
        private final Set<Kept> kept = new LinkedHashSet<>();
        private final Set<ObjectKey> asked = new LinkedHashSet<>();
        private UpstreamCertificates.@Nullable Use tls;
        private @Nullable ResourceSet resources;

        private User(Age age, long number, Resource by, ResourceSet resources) {
            this.age = age;
            this.number = number;
            this.by = by;
            this.resources = resources;
        }

        /** Asks for no more. */
        void done() {
            resources = null;
        }

        /** The Services and Secrets that it asked for, whether they exist or not. */
        Set<ObjectKey> asked() {
            return asked;
        }

        /** What was made of the Secret by which its endpoints are spoken to; null if there is none, or none of it is used. */
        UpstreamCertificates.@Nullable Use tls() {
            return tls;
        }

        /** Keeps its pools no longer. */
        void close() {
            for (Kept k : kept) {
                k.fields.remove(this);
                unsettled.add(k);
            }
            kept.clear();
        }

        @Override
        public int compareTo(User other) {
            int order = age.compareTo(other.age);
            return order != 0 ? order : Long.compare(number, other.number);
        }

        /**
         * The backend of a Service port; where it cannot be used, one without a pool, and a finding.
         *
         * @param balancing how its requests are spread over endpoints
         * @param protocol what its endpoints speak, or null to let the Service decide
         * @param tls how they speak TLS
         */
        Backend backend(
                Ingress.ServiceBackend ref,
                Balancing balancing,
                @Nullable Protocol protocol,
                UpstreamTlsReader tls,
                @Nullable Backend fallback,
                Findings findings) {
            String namespace = by.metadata().namespace();
            String wanted = ref.portName().isEmpty() ? Integer.toString(ref.portNumber()) : ref.portName();
            Service service = service(namespace, ref.name());
            if (service == null) {
                tls.missed();
                missing(
                        findings,
                        Code.SERVICE_MISSING,
                        ref.field() + ".service.name",
                        "There is no Service " + namespace + "/" + ref.name() + ".");
                return unusable(namespace, ref.name(), wanted, "service-missing", fallback);
            }
            Service.Port port = port(service, ref);
            if (port == null) {
                tls.missed();
                missing(
                        findings,
                        Code.PORT_MISSING,
                        ref.field() + ".service.port",
                        "The Service " + namespace + "/" + ref.name() + " has no TCP port " + wanted + ".");
                return unusable(namespace, ref.name(), wanted, "port-missing", fallback);
            }
            if (service.type().equals("ExternalName")) {
                String refused = refusedExternalName(service, ref, findings);
                if (!refused.isEmpty()) {
                    tls.missed();
                    return unusable(namespace, ref.name(), wanted, refused, fallback);
                }
            }
            Protocol spoken = protocol == null ? protocol(port) : protocol;
            Protocol secured = tls.secure(spoken, service);
            String number = Integer.toString(port.port());
            if (secured == null) {
                return new Backend(namespace, ref.name(), number, spoken, null, "denied: " + tls.problem(), 503, null);
            }
            PoolSettings settings = maker.settings(balancing, secured);
            Pool pool = pool(service, port, address(service, balancing, findings), settings, ref.field());
            return new Backend(namespace, ref.name(), number, secured, pool, "", 503, fallback);
        }

        /** The address that stands in for the Service's endpoints, or empty if nothing does. */
        private String address(Service service, Balancing balancing, Findings findings) {
            if (balancing.algorithm() != Balancing.Algorithm.SERVICE
                    || service.type().equals("ExternalName")) {
                return "";
            }
            // A headless Service says None, and a manifest that never was in a cluster says nothing.
            IPAddress known = LITERAL.matcher(service.clusterIp()).matches()
                    ? new IPAddressString(service.clusterIp()).getHostAddress()
                    : null;
            if (known != null) {
                return known.toCanonicalString();
            }
            findings.warning(
                    Code.ANNOTATION_INVALID,
                    by,
                    "metadata.annotations." + NginxDialect.PREFIX + "service-upstream",
                    "The Service " + service.metadata().path() + " has no cluster IP; its endpoints serve.",
                    Effect.IGNORED,
                    "");
            return "";
        }

        /** The first port of a Service named by an annotation, or null if there is no such Service. */
        @Nullable
        Backend firstPort(String field, String name, UpstreamTlsReader tls, Findings findings) {
            Service service = service(by.metadata().namespace(), name);
            if (service == null || service.ports().isEmpty()) {
                return null;
            }
            int port = service.ports().get(0).port();
            return backend(
                    new Ingress.ServiceBackend(field, name, "", port), Balancing.DEFAULT, null, tls, null, findings);
        }

        private @Nullable Service service(String namespace, String name) {
            asked.add(key(namespace, name));
            return Objects.requireNonNull(resources).get(Service.class, namespace, name);
        }

        /** A Secret of its namespace, or null if there is none of that name. */
        @Nullable
        Secret secret(String name) {
            String namespace = by.metadata().namespace();
            asked.add(new ObjectKey("Secret", namespace, name));
            return Objects.requireNonNull(resources).get(Secret.class, namespace, name);
        }

        /** How TLS is spoken to the endpoints of {@code service}, as {@link UpstreamSecrets#of} says. */
        ClientTls tls(UpstreamTls wish, @Nullable Secret secret, Service service) throws PemException {
            boolean named = service.type().equals("ExternalName");
            ClientTls made = secrets.of(
                    wish,
                    secret,
                    named
                            ? ""
                            : service.metadata().name() + "."
                                    + service.metadata().namespace() + ".svc");
            if (secret != null) {
                tls = new UpstreamCertificates.Use(secret, made);
            }
            return made;
        }

        private Pool pool(Service service, Service.Port port, String address, PoolSettings settings, String field) {
            ObjectKey name = service.key();
            Kept known = pools.computeIfAbsent(name, n -> new HashMap<>())
                    .computeIfAbsent(new PoolKey(port, address, settings), k -> {
                        List<Member> members = members(k, service, Objects.requireNonNull(resources));
                        return new Kept(name, k, maker.pool(settings, members));
                    });
            if (kept.add(known)) {
                known.fields.put(this, field);
                unsettled.add(known);
            }
            return known.pool;
        }

        private String refusedExternalName(Service service, Ingress.ServiceBackend ref, Findings findings) {
            String field = ref.field() + ".service.name";
            if (!externalNames) {
                findings.error(
                        Code.EXTERNAL_NAME_DISABLED,
                        by,
                        field,
                        "The Service " + service.metadata().path() + " is an ExternalName, and these are switched off.",
                        Effect.PATH_UNAVAILABLE,
                        "Set disable-svc-external-name=false if the names can be trusted.");
                return "external-name-disabled";
            }
            String reason = ExternalNames.refusal(service);
            if (!reason.isEmpty()) {
                findings.error(
                        Code.EXTERNAL_NAME_REFUSED,
                        by,
                        field,
                        "The ExternalName of Service " + service.metadata().path() + " " + reason + ".",
                        Effect.PATH_UNAVAILABLE,
                        "");
                return "external-name-refused";
            }
            return "";
        }

        private void missing(Findings findings, Code code, String field, String message) {
            findings.error(code, by, field, message, Effect.PATH_UNAVAILABLE, "");
        }
    }

    /** The backend of a Service that a setting names and that exists. The user keeps its pool. */
    Backend byDefault(User user, Service service, Service.Port port) {
        return new Backend(
                service.metadata().namespace(),
                service.metadata().name(),
                Integer.toString(port.port()),
                protocol(port),
                user.pool(service, port, "", maker.settings(Balancing.DEFAULT, protocol(port)), ""),
                "",
                503,
                null);
    }

    /** The Service's port that a reference means, or null. An ExternalName without ports takes the reference's number. */
    private static Service.@Nullable Port port(Service service, Ingress.ServiceBackend ref) {
        for (Service.Port p : service.ports()) {
            boolean same = ref.portName().isEmpty()
                    ? p.port() == ref.portNumber()
                    : p.name().equals(ref.portName());
            if (same && p.protocol().equals("TCP")) {
                return p;
            }
        }
        boolean bare = service.type().equals("ExternalName") && service.ports().isEmpty();
        return bare && ref.portNumber() > 0
                ? new Service.Port("", ref.portNumber(), "TCP", ref.portNumber(), "", "")
                : null;
    }

    private static Protocol protocol(Service.Port port) {
        return switch (port.appProtocol()) {
            case "https", "kubernetes.io/wss" -> Protocol.HTTPS;
            case "kubernetes.io/h2c" -> Protocol.H2C;
            case "kubernetes.io/h2" -> Protocol.H2;
            default -> Protocol.HTTP;
        };
    }

    static Backend unusable(String namespace, String service, String port, String reason, @Nullable Backend fallback) {
        return new Backend(namespace, service, port, Protocol.HTTP, null, reason, 503, fallback);
    }

    /** The members of a Service port's pool, for tests and tools: null if the Service or the port does not exist. */
    static @Nullable List<Member> lookUp(
            ResourceSet resources, String namespace, Ingress.ServiceBackend ref, boolean sessions) {
        Service service = resources.get(Service.class, namespace, ref.name());
        Service.Port port = service == null ? null : port(service, ref);
        return port == null ? null : members(Objects.requireNonNull(service), port, sessions, resources);
    }
}
