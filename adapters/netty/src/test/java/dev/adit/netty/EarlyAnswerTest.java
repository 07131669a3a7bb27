package dev.adit.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.exchange.Outcome;
import dev.adit.exchange.TransportLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An upstream that answers before it has the whole request, and a client whose connection was not said to end. */
class EarlyAnswerTest {
    private static final String COUNTED = "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 10\r\n\r\nhello";
    private static final String CHUNKED =
            "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";

    private static ScriptedUpstream upstream() {
        return new ScriptedUpstream(gateway -> {
            boolean next = gateway.head().startsWith("GET /next");
            gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + (next ? "next" : "soon"));
            gateway.rest();
        });
    }

    @ParameterizedTest
    @CsvSource({"true, world", "false, '5~world~0~~'"})
    void theRestOfTheRequestIsReadAndTheNextOneServed(boolean counted, String rest) throws Exception {
        try (ScriptedUpstream upstream = upstream();
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            client.send(counted ? COUNTED : CHUNKED);
            assertThat(client.response()).doesNotContain("Connection").endsWith("soon");
            client.send(rest.replace("~", "\r\n") + "GET /next HTTP/1.1\r\nHost: a.test\r\n\r\n");
            assertThat(client.response()).endsWith("next");
            proxy.awaitOutcomes(Outcome.COMPLETED, Outcome.COMPLETED);
        }
    }

    @Test
    void aRestThatIsNoBodyEndsTheConnectionWithoutAnAnswerToNothing() throws Exception {
        try (ScriptedUpstream upstream = upstream();
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            client.send(CHUNKED);
            assertThat(client.response()).endsWith("soon");
            client.send("x\r\n");
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void aRestThatDoesNotComeEndsTheConnection() throws Exception {
        TransportLimits limits = TransportLimits.DEFAULT.toBuilder()
                .linger(Duration.ofMillis(100))
                .build();
        try (ScriptedUpstream upstream = upstream();
                Proxy proxy = Proxy.to(upstream.port()).limits(limits).start();
                Peer client = proxy.client()) {
            client.send(COUNTED);
            assertThat(client.response()).endsWith("soon");
            assertThat(client.rest()).isEmpty();
        }
    }
}
