package dev.adit.benchmarks.matcher;

import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.function.ToIntFunction;

/** Vert.x chooses a route by handling a request. */
final class VertxRouters {
    private static final Vertx VERTX = Vertx.vertx();

    private final VertxRequest request = new VertxRequest(((VertxInternal) VERTX).getOrCreateContext());
    private int found;

    ToIntFunction<String> router(List<Rule> rules) {
        Router router = Router.router(VERTX);
        for (Rule rule : Rivals.ordered(rules)) {
            router.route(rule.exact() ? rule.path() : rule.path() + "/*").handler(context -> found = rule.id());
        }
        return path -> {
            request.path = path;
            found = Contender.NOTHING;
            router.handle(request);
            return found;
        };
    }
}
