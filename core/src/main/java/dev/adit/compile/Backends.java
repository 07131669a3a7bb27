package dev.adit.compile;

import dev.adit.annotation.Findings;
import dev.adit.balancer.BalancePolicy;
import dev.adit.balancer.Endpoint;
import dev.adit.balancer.Member;
import dev.adit.balancer.Pool;
import dev.adit.balancer.PoolSettings;
import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Effect;
import dev.adit.manifest.EndpointSlice;
import dev.adit.manifest.Ingress;
import dev.adit.manifest.Resource;
import dev.adit.manifest.ResourceSet;
import dev.adit.manifest.Service;
import dev.adit.policy.Balancing;
import dev.adit.policy.Settings;
import dev.adit.route.Backend;
import dev.adit.route.Protocol;
import dev.adit.route.Route;
import dev.adit.route.RoutePolicies;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * From a Service port to a backend. Pools are found or made by key, so that they survive every compilation that still
 * names them: cursors and what was learned about endpoints live on.
 */
final class Backends {
    /** Two Ingresses may ask different balancing of one Service port: the settings are part of the key. */
    private record PoolKey(String namespace, String service, Service.Port port, PoolSettings settings) {}

    /** A pool, and who named it first: that is where a lack of endpoints is reported. */
    private record Used(Pool pool, Resource by, String field) {}

    private final Pools maker;
    private final boolean externalNames;
    private Map<PoolKey, Used> pools = new LinkedHashMap<>();

    Backends(Pools maker, boolean externalNames) {
        this.maker = maker;
        this.externalNames = externalNames;
    }

    /** Starts a compilation; pools that it does not ask for are forgotten when it is finished. */
    Round round(ResourceSet resources, Findings findings) {
        return new Round(resources, findings);
    }

    /** Gives every pool the endpoints of {@code resources}. Services must be the same as in the last compilation. */
    void updateEndpoints(ResourceSet resources) {
        pools.forEach((key, used) -> refresh(used.pool, key, resources));
    }

    /** Reports the pools that have no endpoint now. */
    void reportEmpty(Findings findings) {
        pools.forEach((key, used) -> {
            if (used.pool.endpoints().isEmpty()) {
                findings.warning(
                        Code.NO_ENDPOINTS,
                        used.by,
                        used.field,
                        "The Service " + key.namespace + "/" + key.service + " has no usable endpoint for port "
                                + key.port.port() + ".",
                        Effect.PATH_UNAVAILABLE,
                        "");
            }
        });
    }

    private void refresh(Pool pool, PoolKey key, ResourceSet resources) {
        Service service = resources.get(Service.class, key.namespace, key.service);
        if (service == null) {
            return;
        }
        List<Member> members = members(key, service, resources);
        if (!members.equals(pool.members())) {
            pool.updateMembers(members);
        }
    }

    private static List<Member> members(PoolKey key, Service service, ResourceSet resources) {
        boolean sticky = key.settings.policy() instanceof BalancePolicy.Sticky
                && !service.type().equals("ExternalName");
        return sticky
                ? Endpoints.ofSessions(key.port, slices(service, resources))
                : Member.allOf(endpoints(service, key.port, resources));
    }

    private static List<Endpoint> endpoints(Service service, Service.Port port, ResourceSet resources) {
        if (service.type().equals("ExternalName")) {
            int number = port.targetPort() > 0 ? port.targetPort() : port.port();
            return List.of(Endpoint.of(ExternalNames.host(service), number));
        }
        return Endpoints.of(port, slices(service, resources));
    }

    private static List<EndpointSlice> slices(Service service, ResourceSet resources) {
        return resources.endpointSlices(
                service.metadata().namespace(), service.metadata().name());
    }

    /** One compilation. */
    final class Round {
        private final ResourceSet resources;
        private final Findings findings;
        private final Map<PoolKey, Used> used = new LinkedHashMap<>();

        private Round(ResourceSet resources, Findings findings) {
            this.resources = resources;
            this.findings = findings;
        }

        /** Forgets the pools that were not asked for. Requests under way may still use them. */
        void finish() {
            pools.forEach((key, before) -> {
                if (!used.containsKey(key)) {
                    before.pool.close();
                }
            });
            pools = used;
        }

        /**
         * The backend of a Service port; where it cannot be used, one without a pool, and a finding.
         *
         * @param balancing how its requests are spread over endpoints
         * @param protocol what its endpoints speak, or null to let the Service decide
         */
        Backend backend(
                Ingress ingress,
                Ingress.ServiceBackend ref,
                Balancing balancing,
                @Nullable Protocol protocol,
                @Nullable Backend fallback) {
            String namespace = ingress.metadata().namespace();
            String wanted = ref.portName().isEmpty() ? Integer.toString(ref.portNumber()) : ref.portName();
            Service service = resources.get(Service.class, namespace, ref.name());
            if (service == null) {
                missing(
                        Code.SERVICE_MISSING,
                        ingress,
                        ref.field() + ".service.name",
                        "There is no Service " + namespace + "/" + ref.name() + ".");
                return unusable(namespace, ref.name(), wanted, "service-missing", fallback);
            }
            Service.Port port = port(service, ref);
            if (port == null) {
                missing(
                        Code.PORT_MISSING,
                        ingress,
                        ref.field() + ".service.port",
                        "The Service " + namespace + "/" + ref.name() + " has no TCP port " + wanted + ".");
                return unusable(namespace, ref.name(), wanted, "port-missing", fallback);
            }
            if (service.type().equals("ExternalName")) {
                String refused = refusedExternalName(ingress, service, ref);
                if (!refused.isEmpty()) {
                    return unusable(namespace, ref.name(), wanted, refused, fallback);
                }
            }
            PoolKey key = new PoolKey(namespace, ref.name(), port, maker.settings(balancing));
            Pool pool = used.computeIfAbsent(key, k -> new Used(pool(k, service), ingress, ref.field())).pool;
            return new Backend(
                    namespace,
                    ref.name(),
                    Integer.toString(port.port()),
                    protocol == null ? protocol(port) : protocol,
                    pool,
                    "",
                    503,
                    fallback);
        }

        /** The first port of a Service named by an annotation or a setting, or null if there is no such Service. */
        @Nullable
        Backend firstPort(Ingress ingress, String field, String name) {
            Service service = resources.get(Service.class, ingress.metadata().namespace(), name);
            if (service == null || service.ports().isEmpty()) {
                return null;
            }
            return backend(
                    ingress,
                    new Ingress.ServiceBackend(
                            field, name, "", service.ports().get(0).port()),
                    Balancing.DEFAULT,
                    null,
                    null);
        }

        /** The route to what serves unmatched requests, or null if none is set. */
        @Nullable
        Route defaultRoute(Settings settings) {
            String path = settings.defaultBackendService();
            if (path.isEmpty()) {
                return null;
            }
            int slash = path.indexOf('/');
            int colon = path.indexOf(':', slash + 1);
            String namespace = path.substring(0, Math.max(0, slash));
            String name = path.substring(slash + 1, colon < 0 ? path.length() : colon);
            Service service = resources.get(Service.class, namespace, name);
            Service.Port port =
                    service == null ? null : defaultPort(service, colon < 0 ? "" : path.substring(colon + 1));
            Backend backend;
            if (service == null || port == null) {
                findings.setting(
                        Code.SERVICE_MISSING,
                        "default-backend-service",
                        "There is no Service " + namespace + "/" + name + " with such a TCP port.",
                        Effect.PATH_UNAVAILABLE);
                backend = unusable(namespace, name, "", "service-missing", null);
            } else {
                PoolKey key = new PoolKey(namespace, name, port, maker.settings(Balancing.DEFAULT));
                Pool pool = used.computeIfAbsent(key, k -> new Used(pool(k, service), service, "")).pool;
                backend = new Backend(
                        namespace, name, Integer.toString(port.port()), protocol(port), pool, "", 503, null);
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

        private static Service.@Nullable Port defaultPort(Service service, String wanted) {
            for (Service.Port p : service.ports()) {
                boolean same = wanted.isEmpty() || wanted.equals(p.name()) || wanted.equals(Integer.toString(p.port()));
                if (same && p.protocol().equals("TCP")) {
                    return p;
                }
            }
            return null;
        }

        private Pool pool(PoolKey key, Service service) {
            Used known = pools.get(key);
            if (known == null) {
                return maker.pool(key.settings, members(key, service, resources));
            }
            refresh(known.pool, key, resources);
            return known.pool;
        }

        private String refusedExternalName(Ingress ingress, Service service, Ingress.ServiceBackend ref) {
            String field = ref.field() + ".service.name";
            if (!externalNames) {
                findings.error(
                        Code.EXTERNAL_NAME_DISABLED,
                        ingress,
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
                        ingress,
                        field,
                        "The ExternalName of Service " + service.metadata().path() + " " + reason + ".",
                        Effect.PATH_UNAVAILABLE,
                        "");
                return "external-name-refused";
            }
            return "";
        }

        private void missing(Code code, Ingress ingress, String field, String message) {
            findings.error(code, ingress, field, message, Effect.PATH_UNAVAILABLE, "");
        }
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

    private static Backend unusable(
            String namespace, String service, String port, String reason, @Nullable Backend fallback) {
        return new Backend(namespace, service, port, Protocol.HTTP, null, reason, 503, fallback);
    }

    /** The endpoints of a Service port, for tests and tools: null if the Service or the port does not exist. */
    static @Nullable List<Endpoint> lookUp(ResourceSet resources, String namespace, Ingress.ServiceBackend ref) {
        Service service = resources.get(Service.class, namespace, ref.name());
        Service.Port port = service == null ? null : port(service, ref);
        return port == null ? null : endpoints(Objects.requireNonNull(service), port, resources);
    }
}
