package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.balancer.BalancePolicy;
import dev.adit.balancer.Balancer;
import dev.adit.balancer.Endpoint;
import dev.adit.balancer.Pool;
import dev.adit.matcher.PathKind;
import dev.adit.matcher.RouteMatcher;
import dev.adit.policy.Balancing;
import dev.adit.policy.Canary;
import dev.adit.policy.ClientAuth;
import dev.adit.policy.ErrorPages;
import dev.adit.policy.ExternalAuth;
import dev.adit.policy.HttpsRedirect;
import dev.adit.policy.Redirect;
import dev.adit.policy.Retry;
import dev.adit.policy.Rewrite;
import dev.adit.policy.Settings;
import dev.adit.route.Backend;
import dev.adit.route.Protocol;
import dev.adit.route.Route;
import dev.adit.route.RoutePolicies;
import dev.adit.route.RouteTable;
import dev.adit.tls.CertificateTable;
import dev.adit.tls.ClientChain;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A balancer, hand-made routes, and an exchange factory that records what its listener hears. */
final class Workbench {
    final Balancer balancer = new Balancer();
    final List<Outcome> closed = new ArrayList<>();
    RandomGenerator random = new SplittableRandom(1);
    long nanos;

    private final RouteMatcher.Builder<Route> matcher = RouteMatcher.builder();
    private Route defaultRoute;
    private Settings settings = Settings.DEFAULT;
    private CertificateTable certificates = CertificateTable.EMPTY;
    private ClientConnection connection;
    private final Map<String, ClientAuth> clientAuth = new LinkedHashMap<>();
    InstantSource clock = InstantSource.system();

    /** A route under construction. */
    static final class Plan {
        private final Backend backend;
        final RoutePolicies.Builder policies = RoutePolicies.builder();

        Plan(Backend backend) {
            this.backend = backend;
        }

        Plan canary(Canary when, Backend other) {
            policies.canary(new Route.CanaryBackend("default/canary", when, other, Balancing.DEFAULT));
            return this;
        }

        Plan redirect(int status, Redirect.Target target) {
            policies.redirect(new Redirect(status, target));
            return this;
        }

        Plan https(int status) {
            policies.httpsRedirect(new HttpsRedirect(status));
            return this;
        }

        Plan rewrite(Rewrite other) {
            policies.rewrite(other);
            return this;
        }

        Plan retry(Retry other) {
            policies.retry(other);
            return this;
        }

        Plan auth(ExternalAuth how, Backend who) {
            policies.auth(new Route.AuthBackend(how, who));
            return this;
        }

        Plan errorPages(Backend who, Integer... statuses) {
            policies.errorPages(new Route.ErrorBackend(new ErrorPages(Set.of(statuses), 1000), who));
            return this;
        }

        Plan mirrors(Route.MirrorBackend... mirrors) {
            policies.mirrors(List.of(mirrors));
            return this;
        }

        /** @param rule null for a default backend */
        Route route(Route.@Nullable Rule rule) {
            return new Route("default/ing", rule, backend, policies.build());
        }
    }

    Pool pool(String service, int size) {
        return balancer.pool(
                BalancePolicy.roundRobin(),
                IntStream.rangeClosed(1, size)
                        .mapToObj(i -> Endpoint.of(service + "-" + i, 8080))
                        .toList());
    }

    Backend backend(String service, int size) {
        return backend(service, pool(service, size), null);
    }

    static Backend backend(String service, Pool pool, Backend fallback) {
        return new Backend("default", service, "80", Protocol.HTTP, pool, "", 503, fallback);
    }

    Workbench route(String host, String path, Plan plan) {
        matcher.add(host, PathKind.PREFIX, path, plan.route(new Route.Rule(host, path, "Prefix")));
        return this;
    }

    Workbench defaultRoute(Plan plan) {
        defaultRoute = plan.route(null);
        return this;
    }

    Workbench settings(Settings other) {
        settings = other;
        return this;
    }

    Workbench certificates(CertificateTable other) {
        certificates = other;
        return this;
    }

    /** The connection that requests come on; by default plain, from 203.0.113.7 to port 80. */
    Workbench from(String address, boolean secure, int port) {
        connection = factory().connection(address, secure, port, null);
        return this;
    }

    /** A TLS connection that named {@code serverName}, or null. */
    Workbench serverName(String serverName) {
        connection = factory().connection("203.0.113.7", true, 443, serverName);
        return this;
    }

    /** A TLS connection that named {@code serverName}, or null, and showed {@code chain}. */
    Workbench showing(String serverName, ClientChain chain) {
        connection = factory().connection("203.0.113.7", 443, serverName, chain);
        return this;
    }

    /** What clients of a host pattern that has a route must show. */
    Workbench clientAuth(String host, ClientAuth policy) {
        clientAuth.put(host, policy);
        return this;
    }

    ExchangeFactory factory() {
        return new ExchangeFactory(settings, random, () -> nanos, clock, (exchange, outcome) -> closed.add(outcome));
    }

    RouteTable table() {
        return new RouteTable(matcher.build(), List.of(), defaultRoute, certificates, clientAuth);
    }

    Exchange open(RequestHead request) {
        ExchangeFactory factory = factory();
        ClientConnection from = connection == null ? factory.connection("203.0.113.7", false, 80, null) : connection;
        return factory.open(table(), from, request);
    }

    Step start(RequestHead request) {
        return open(request).start();
    }

    Reply reply(RequestHead request) {
        Step step = start(request);
        assertThat(step).isInstanceOf(Reply.class);
        return (Reply) step;
    }

    Forward forward(RequestHead request) {
        Step step = start(request);
        assertThat(step).isInstanceOf(Forward.class);
        return (Forward) step;
    }

    /** What goes to the upstream for a request. */
    Sent sent(RequestHead request) {
        return Sent.of(forward(request));
    }

    /** A head as a sink received it: fields by lower-case name. */
    record Sent(String method, String target, int status, Map<String, List<String>> fields) {
        static Sent of(UpstreamRequest forward) {
            String[] start = new String[2];
            Map<String, List<String>> fields = new LinkedHashMap<>();
            forward.writeHead(new RequestSink() {
                @Override
                public void start(String method, String target) {
                    assertThat(start[0]).as("started once").isNull();
                    start[0] = method;
                    start[1] = target;
                }

                @Override
                public void field(CharSequence name, CharSequence value) {
                    add(fields, name, value);
                }
            });
            return new Sent(start[0], start[1], 0, fields);
        }

        static Sent of(Relay relay) {
            int[] start = new int[1];
            Map<String, List<String>> fields = new LinkedHashMap<>();
            relay.writeHead(new ResponseSink() {
                @Override
                public void start(int status) {
                    assertThat(start[0]).as("started once").isZero();
                    start[0] = status;
                }

                @Override
                public void field(CharSequence name, CharSequence value) {
                    add(fields, name, value);
                }
            });
            return new Sent("", "", start[0], fields);
        }

        private static void add(Map<String, List<String>> fields, CharSequence name, CharSequence value) {
            fields.computeIfAbsent(name.toString().toLowerCase(Locale.ROOT), key -> new ArrayList<>())
                    .add(value.toString());
        }

        /** The values of a field, joined by a bar; null if there is none. */
        String get(String name) {
            List<String> values = fields.get(name.toLowerCase(Locale.ROOT));
            return values == null ? null : String.join("|", values);
        }
    }

    int inFlight(Backend... backends) {
        int sum = 0;
        for (Backend backend : backends) {
            if (backend.pool() != null) {
                for (Endpoint endpoint : backend.pool().endpoints()) {
                    sum += balancer.inFlight(endpoint);
                }
            }
        }
        return sum;
    }
}
