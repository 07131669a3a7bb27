package com.linecorp.armeria.server;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestTarget;
import com.linecorp.armeria.common.SessionProtocol;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Armeria's own routers over a list of rules. They are package-private, and to ask them through a whole server would measure that server's
 * virtual hosts and its cache of answers: so this class lives in their package.
 */
public final class ArmeriaRouters<R> {
    private record Routing<R>(Route route, R rule) {}

    private final List<Router<Routing<R>>> routers;

    /** The routers that a server would ask in turn. */
    public ArmeriaRouters(List<R> rules, Function<R, String> path, Predicate<R> exact) {
        Set<String> taken = new HashSet<>();
        List<Routing<R>> routings = new ArrayList<>();
        for (R rule : rules) {
            if (exact.test(rule)) {
                taken.add(path.apply(rule));
                routings.add(
                        new Routing<>(Route.builder().exact(path.apply(rule)).build(), rule));
            }
        }
        for (R rule : rules) {
            if (!exact.test(rule)) {
                routings.add(new Routing<>(
                        Route.builder().pathPrefix(path.apply(rule)).build(), rule));
                if (taken.add(path.apply(rule))) { // a prefix /a/ of Armeria does not cover /a
                    routings.add(new Routing<>(
                            Route.builder().exact(path.apply(rule)).build(), rule));
                }
            }
        }
        routers = Routers.routers(
                routings, null, (route, routing) -> routing, routing -> routing.route, (one, other) -> {}, false);
    }

    /** The rule for a path, or null. */
    public R find(String path) {
        Request request = new Request(path);
        for (Router<Routing<R>> router : routers) {
            Routed<Routing<R>> routed = router.find(request);
            if (routed.isPresent()) {
                return routed.value().rule;
            }
        }
        return null;
    }

    /** A GET of a path, as far as routers ask for it. */
    private static final class Request implements RoutingContext {
        private static final RequestHeaders HEADERS = RequestHeaders.of(HttpMethod.GET, "/");

        private final String path;
        private HttpStatusException deferred;
        private Routed<ServiceConfig> result;

        Request(String path) {
            this.path = path;
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public HttpMethod method() {
            return HttpMethod.GET;
        }

        @Override
        public String query() {
            return null;
        }

        @Override
        public QueryParams params() {
            return QueryParams.of();
        }

        @Override
        public MediaType contentType() {
            return null;
        }

        @Override
        public List<MediaType> acceptTypes() {
            return List.of();
        }

        @Override
        public RequestHeaders headers() {
            return HEADERS;
        }

        @Override
        public RoutingStatus status() {
            return RoutingStatus.OK;
        }

        @Override
        public SessionProtocol sessionProtocol() {
            return SessionProtocol.H1C;
        }

        @Override
        public boolean isCorsPreflight() {
            return false;
        }

        @Override
        public void deferStatusException(HttpStatusException cause) {
            deferred = cause;
        }

        @Override
        public HttpStatusException deferredStatusException() {
            return deferred;
        }

        @Override
        public boolean hasResult() {
            return result != null;
        }

        @Override
        public void setResult(Routed<ServiceConfig> result) {
            this.result = result;
        }

        @Override
        public Routed<ServiceConfig> result() {
            return result;
        }

        @Override
        public VirtualHost virtualHost() {
            throw new UnsupportedOperationException("no router asks for the virtual host");
        }

        @Override
        public String hostname() {
            throw new UnsupportedOperationException("no router asks for the host");
        }

        @Override
        public RequestTarget requestTarget() {
            throw new UnsupportedOperationException("no router asks for the whole target");
        }
    }
}
