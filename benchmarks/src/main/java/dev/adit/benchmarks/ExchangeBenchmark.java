package dev.adit.benchmarks;

import dev.adit.Gateway;
import dev.adit.exchange.Await;
import dev.adit.exchange.ClientConnection;
import dev.adit.exchange.Consult;
import dev.adit.exchange.Exchange;
import dev.adit.exchange.Forward;
import dev.adit.exchange.Headers;
import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.Outcome;
import dev.adit.exchange.Relay;
import dev.adit.exchange.Reply;
import dev.adit.exchange.RequestHead;
import dev.adit.exchange.RequestSink;
import dev.adit.exchange.ResponseHead;
import dev.adit.exchange.ResponseSink;
import dev.adit.exchange.StepHandler;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One whole exchange without a transport: decide, lease, write both heads, close. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ExchangeBenchmark {
    private static final String[] REQUEST = {
        "Host",
        "",
        "User-Agent",
        "Mozilla/5.0 (X11; Linux x86_64)",
        "Accept",
        "*/*",
        "Accept-Encoding",
        "gzip, br",
        "Accept-Language",
        "en",
        "Cookie",
        "session=0123456789abcdef",
        "Connection",
        "keep-alive"
    };
    private static final String[] RESPONSE = {
        "Content-Type",
        "application/json",
        "Content-Length",
        "1024",
        "Cache-Control",
        "no-store",
        "Connection",
        "keep-alive"
    };

    @Param({"10", "1000", "10000"})
    int rules;

    private Gateway gateway = Gateway.builder().build();
    private ClientConnection connection = gateway.connection("192.0.2.7", false, 80, null);
    private Request[] requests = {};
    private final Response response = new Response();
    private final Transport transport = new Transport();
    private int next;

    @Setup
    public void setUp() {
        Workload workload = new Workload(rules);
        gateway = Gateway.builder().resources(workload.resources).build();
        connection = gateway.connection("192.0.2.7", false, 80, null);
        requests = new Request[workload.queries.length];
        for (int i = 0; i < requests.length; i++) {
            String[] fields = REQUEST.clone();
            fields[1] = workload.queries[i].host();
            requests[i] = new Request(workload.queries[i].path(), new Fields(fields));
        }
    }

    @Benchmark
    public int exchange() {
        Exchange exchange = gateway.open(connection, requests[next++ & (requests.length - 1)]);
        exchange.start().perform(transport);
        if (transport.forwarded) {
            exchange.upstreamHead(response, true).perform(transport);
        }
        exchange.close(Outcome.COMPLETED);
        return transport.written;
    }

    /** Header fields in an array: what a transport's own object would hold. */
    private record Fields(String[] pairs) implements Headers {
        @Override
        public @Nullable String get(String name) {
            for (int i = 0; i < pairs.length; i += 2) {
                if (pairs[i].equalsIgnoreCase(name)) {
                    return pairs[i + 1];
                }
            }
            return null;
        }

        @Override
        public List<String> all(String name) {
            String value = get(name);
            return value == null ? List.of() : List.of(value);
        }

        @Override
        public int count(String name) {
            int count = 0;
            for (int i = 0; i < pairs.length; i += 2) {
                if (pairs[i].equalsIgnoreCase(name)) {
                    count++;
                }
            }
            return count;
        }

        @Override
        public void forEach(Visitor visitor) {
            for (int i = 0; i < pairs.length; i += 2) {
                visitor.field(pairs[i], pairs[i + 1]);
            }
        }
    }

    private record Request(String target, Fields headers) implements RequestHead {
        @Override
        public String method() {
            return "GET";
        }

        @Override
        public HttpVersion version() {
            return HttpVersion.HTTP_1_1;
        }

        @Override
        public @Nullable String authority() {
            return null;
        }
    }

    private static final class Response implements ResponseHead {
        private final Fields fields = new Fields(RESPONSE);

        @Override
        public int status() {
            return 200;
        }

        @Override
        public Headers headers() {
            return fields;
        }
    }

    /** Counts what it is told to send. */
    private static final class Transport implements StepHandler, RequestSink, ResponseSink {
        private boolean forwarded;
        private int written;

        @Override
        public void forward(Forward forward) {
            forwarded = true;
            forward.writeHead(this);
        }

        @Override
        public void consult(Consult consult) {
            throw new IllegalStateException("no route of the workload consults");
        }

        @Override
        public void await(Await await) {
            throw new IllegalStateException("no pool of the workload has limits");
        }

        @Override
        public void relay(Relay relay) {
            relay.writeHead(this);
        }

        @Override
        public void reply(Reply reply) {
            forwarded = false;
            written += reply.status();
        }

        @Override
        public void start(String method, String target) {
            written += target.length();
        }

        @Override
        public void start(int status) {
            written += status;
        }

        @Override
        public void field(CharSequence name, CharSequence value) {
            written += name.length() + value.length();
        }
    }
}
