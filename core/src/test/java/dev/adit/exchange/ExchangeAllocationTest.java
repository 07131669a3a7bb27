package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.route.RouteTable;
import java.lang.management.ManagementFactory;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** What one exchange leaves on the heap, from head to close, without what the transport's own objects make. */
class ExchangeAllocationTest {
    private static final RequestSink UPSTREAM = new RequestSink() {
        @Override
        public void start(String method, String target) {}

        @Override
        public void field(CharSequence name, CharSequence value) {}
    };

    private static final ResponseSink CLIENT = new ResponseSink() {
        @Override
        public void start(int status) {}

        @Override
        public void field(CharSequence name, CharSequence value) {}
    };

    @Test
    void aWholeExchangeTakesAtMost200Bytes() {
        Workbench bench = new Workbench();
        bench.random = ThreadLocalRandom.current();
        bench.route("shop.example.com", "/api", new Workbench.Plan(bench.backend("shop", 20)));
        RouteTable table = bench.table();
        ExchangeFactory factory = new ExchangeFactory(
                dev.adit.policy.Settings.DEFAULT, bench.random, System::nanoTime, (exchange, outcome) -> {});
        ClientConnection connection = factory.connection("203.0.113.7", false, 80, null);
        ArrayHead request = ArrayHead.to(
                "/api/orders/4711",
                "Host",
                "shop.example.com",
                "User-Agent",
                "curl/8.5.0",
                "Accept",
                "*/*",
                "Accept-Encoding",
                "gzip",
                "Connection",
                "keep-alive",
                "Cookie",
                "session=abc",
                "X-Forwarded-For",
                "198.51.100.1");
        ArrayHead response = ArrayHead.response(
                200, "Content-Type", "application/json", "Content-Length", "2", "Server", "app", "Vary", "Accept");
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        run(factory, table, connection, request, response, 20_000);
        long before = threads.getCurrentThreadAllocatedBytes();
        run(factory, table, connection, request, response, 1_000);
        long perExchange = (threads.getCurrentThreadAllocatedBytes() - before) / 1_000;
        assertThat(perExchange).isLessThanOrEqualTo(200);
    }

    private static void run(
            ExchangeFactory factory,
            RouteTable table,
            ClientConnection connection,
            RequestHead request,
            ResponseHead response,
            int times) {
        for (int i = 0; i < times; i++) {
            Exchange exchange = factory.open(table, connection, request);
            ((Forward) exchange.start()).writeHead(UPSTREAM);
            ((Relay) exchange.upstreamHead(response, true)).writeHead(CLIENT);
            if (!exchange.close(Outcome.COMPLETED)) {
                throw new AssertionError("closed before");
            }
        }
    }
}
