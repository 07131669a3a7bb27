package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.balancer.Endpoint;
import dev.adit.policy.Canary;
import dev.adit.policy.ExternalAuth;
import dev.adit.policy.Retry;
import dev.adit.policy.Settings;
import dev.adit.route.Backend;
import dev.adit.route.RouteTable;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Whatever happens in whatever order: no lease is left, one close counts, no endpoint is asked twice without need. */
class ExchangeLifeTest {
    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "BREW");

    /** Something that a transport may report; which of them is chosen is up to the property. */
    private interface Event {
        Step happen(Exchange exchange, boolean consulting);
    }

    /** What a transport may report: of an attempt at an upstream, of a sub-request, or the end. */
    @Provide
    Arbitrary<Event> events() {
        Arbitrary<Boolean> flags = Arbitraries.of(true, false);
        Arbitrary<Event> heads = Combinators.combine(Arbitraries.of(200, 204, 304, 401, 404, 503, 101, 600), flags)
                .as((status, replayable) -> event(
                        exchange -> exchange.upstreamHead(ArrayHead.response(status), replayable),
                        exchange -> exchange.consulted(
                                new ConsultAnswer(status, ArrayHead.response(status), new byte[0]))));
        Arbitrary<Event> failures = Combinators.combine(Arbitraries.of(UpstreamFailure.Kind.class), flags, flags, flags)
                .as((kind, sent, reused, replayable) -> new UpstreamFailure(kind, sent, reused, replayable, "property"))
                .map(failure -> event(
                        exchange -> exchange.upstreamFailed(failure), exchange -> exchange.consultFailed(failure)));
        Arbitrary<Event> closes = Arbitraries.of(Outcome.class).map(outcome -> (exchange, consulting) -> {
            exchange.close(outcome);
            return null;
        });
        return Arbitraries.frequencyOf(Tuple.of(6, failures), Tuple.of(4, heads), Tuple.of(1, closes));
    }

    private static Event event(Function<Exchange, Step> forwarding, Function<Exchange, Step> consulting) {
        return (exchange, isConsult) -> (isConsult ? consulting : forwarding).apply(exchange);
    }

    @Property(tries = 200)
    void noScriptLeaksALease(
            @ForAll @IntRange(max = 4) int size,
            @ForAll @IntRange(min = 1, max = 6) int tries,
            @ForAll @IntRange(max = 3) int method,
            @ForAll @IntRange(max = 3) int others,
            @ForAll @Size(max = 12) List<@From("events") Event> script) {
        Workbench bench = new Workbench();
        Backend main = bench.backend("main", size);
        Backend canary = bench.backend("canary", size / 2);
        Backend auth = bench.backend("auth", 2);
        Backend pages = bench.backend("pages", 1);
        Workbench.Plan plan = new Workbench.Plan(main)
                .canary(new Canary("", "", null, "", 50, 100), canary)
                .retry(Retry.DEFAULT.withTries(tries).withOn(Set.of(Retry.On.values())));
        if ((others & 1) != 0) {
            plan.auth(ExternalAuth.get("auth.example", "/"), auth);
        }
        if ((others & 2) != 0) {
            plan.errorPages(pages, 404, 502, 503);
        }
        bench.route("a.example", "/", plan);
        Exchange exchange = bench.open(ArrayHead.request(METHODS.get(method), "/", "Host", "a.example"));
        Set<Endpoint> asked = new HashSet<>();
        Step step = exchange.start();
        for (Event event : script) {
            if (!(step instanceof UpstreamRequest request)) {
                break;
            }
            boolean open = bench.closed.isEmpty();
            assertThat(bench.inFlight(main, canary, auth, pages)).isEqualTo(open ? 1 : 0);
            assertThat(open ? bench.balancer.inFlight(request.endpoint()) : 1).isEqualTo(1);
            assertThat(asked.add(request.endpoint()) || isFresh(step)).isTrue();
            Step next = event.happen(exchange, step instanceof Consult);
            step = next == null ? step : next;
            if (next == null) {
                asked.remove(request.endpoint());
            }
        }
        assertThat(exchange.attempts()).isLessThanOrEqualTo(tries + 1);
        exchange.close(Outcome.COMPLETED);
        assertThat(exchange.close(Outcome.CANCELLED)).isFalse();
        assertThat(bench.inFlight(main, canary, auth, pages)).isZero();
        assertThat(bench.closed).hasSize(1);
    }

    private static boolean isFresh(Step step) {
        return step instanceof Consult consult ? consult.freshConnection() : ((Forward) step).freshConnection();
    }

    @Test
    void anExchangeDoesNotKeepItsTableInMemory() throws IllegalAccessException {
        Workbench bench = new Workbench();
        bench.route("a.example", "/", new Workbench.Plan(bench.backend("shop", 1)));
        Exchange exchange = bench.open(ArrayHead.to("/", "Host", "a.example"));
        assertThat(fieldsOfType(exchange, RouteTable.class)).isOne();
        exchange.start();
        assertThat(fieldsOfType(exchange, RouteTable.class)).isZero();
    }

    private static int fieldsOfType(Exchange exchange, Class<?> type) throws IllegalAccessException {
        int found = 0;
        for (Field field : Exchange.class.getDeclaredFields()) {
            field.setAccessible(true);
            found += type.isInstance(field.get(exchange)) ? 1 : 0;
        }
        return found;
    }

    @Test
    void closingRacesWithRetriesAndWithItself() throws Exception {
        Workbench bench = new Workbench();
        Backend shop = bench.backend("shop", 4);
        bench.route("a.example", "/", new Workbench.Plan(shop).retry(Retry.DEFAULT.withTries(4)));
        RouteTable table = bench.table();
        AtomicInteger told = new AtomicInteger();
        ExchangeFactory factory = new ExchangeFactory(
                Settings.DEFAULT, bench.random, () -> 0, (exchange, outcome) -> told.incrementAndGet());
        ClientConnection connection = factory.connection("203.0.113.7", false, 80, null);
        ExecutorService executor = Executors.newFixedThreadPool(3);
        try {
            for (int round = 0; round < 500; round++) {
                Exchange exchange = factory.open(table, connection, ArrayHead.to("/", "Host", "a.example"));
                AtomicInteger closers = new AtomicInteger();
                Callable<?> transport = () -> {
                    Step step = exchange.start();
                    while (step instanceof Forward) {
                        step = exchange.upstreamFailed(
                                new UpstreamFailure(UpstreamFailure.Kind.CONNECT, false, false, true, ""));
                    }
                    return step;
                };
                Callable<?> closer = () -> exchange.close(Outcome.CANCELLED) ? closers.incrementAndGet() : 0;
                together(executor, List.of(transport, closer, closer));
                assertThat(closers).hasValue(1);
                assertThat(told).hasValue(round + 1);
                assertThat(bench.inFlight(shop)).isZero();
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private static void together(ExecutorService executor, List<Callable<?>> tasks) throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<?>> running = new ArrayList<>();
        for (Callable<?> task : tasks) {
            running.add(executor.submit(() -> {
                start.await();
                return task.call();
            }));
        }
        start.countDown();
        for (Future<?> task : running) {
            task.get(60, TimeUnit.SECONDS);
        }
    }

    @Property(tries = 200)
    void noRequestMakesItThrow(
            @ForAll String method, @ForAll String target, @ForAll String host, @ForAll String field) {
        Workbench bench = new Workbench();
        Backend any = bench.backend("any", 1);
        bench.defaultRoute(new Workbench.Plan(any).https(308)).settings(TestSettings.trusting("203.0.113.7"));
        String[] fields = {
            "Host",
            host,
            "X-Forwarded-For",
            field,
            "X-Forwarded-Host",
            field,
            "Connection",
            field,
            "Cookie",
            field,
            "TE",
            field,
            "X-Forwarded-Proto",
            "https",
            "Upgrade",
            field
        };
        for (ArrayHead head : List.of(
                ArrayHead.request(method, "/" + target, fields),
                ArrayHead.request("GET", target, "Host", host),
                ArrayHead.request("GET", "http://" + target, "Host", host),
                ArrayHead.request("GET", "/", fields),
                ArrayHead.to("/", "Host", "a.example", "Connection", field, "X-Forwarded-For", field))) {
            Exchange exchange = bench.open(head);
            if (exchange.start() instanceof Forward forward) {
                Workbench.Sent sent = Workbench.Sent.of(forward);
                assertThat(sent.target()).matches("/[!-~&&[^#\\\\]]*");
                assertThat(sent.get("X-Forwarded-Host") + sent.get("X-Forwarded-Port"))
                        .doesNotContainAnyWhitespaces();
            }
            exchange.close(Outcome.COMPLETED);
        }
        assertThat(bench.inFlight(any)).isZero();
    }
}
