package dev.adit.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.exchange.Outcome;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Raw bytes in, raw bytes out: what has two readings reaches nobody. {@link ReadersTest} has the long list. */
class FramingTest {
    private static final String HOST = "Host: a.test\r\n";
    private static ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
    private static Proxy proxy = Proxy.to(upstream.port()).start();

    /** Bytes of a client, and the status that they get before the connection is closed. */
    record Case(String bytes, int status) {}

    @BeforeAll
    static void start() {
        assertThat(upstream.port()).isPositive();
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        upstream.close();
    }

    static Stream<Case> refused() {
        return Stream.of(
                new Case(
                        "GET / HTTP/1.1\r\n" + HOST
                                + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                        400),
                new Case("POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
                new Case("POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
                new Case("POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400),
                new Case("POST / HTTP/1.0\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
                new Case("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
                new Case("POST / HTTP/1.1\r\n" + HOST + "Content-Length: +1\r\n\r\na", 400),
                new Case("GET / HTTP/1.1\n" + HOST + "\r\n", 400),
                new Case("GET / HTTP/1.1\r\nHost: a.test\n\r\n", 400),
                new Case("GET / HTTP/1.1\r\n" + HOST + "X: a\rb\r\n\r\n", 400),
                new Case("GET / HTTP/1.1\r\n" + HOST + "X: a\0b\r\n\r\n", 400),
                new Case("GET /\r\n\r\n", 505),
                new Case("GET / HTTP/3.0\r\n" + HOST + "\r\n", 505),
                new Case("G@T / HTTP/1.1\r\n" + HOST + "\r\n", 400),
                new Case("GET / HTTP/1.1\r\n\r\n", 400),
                new Case("GET / HTTP/1.1\r\n" + HOST + HOST + "\r\n", 400),
                new Case("GET /" + "a".repeat(9000) + " HTTP/1.1\r\n" + HOST + "\r\n", 414),
                new Case("GET / HTTP/1.1\r\n" + HOST + "X: " + "a".repeat(70_000) + "\r\n\r\n", 431),
                new Case("GET / HTTP/1.1\r\n" + HOST + "X: a\r\n".repeat(300) + "\r\n", 431));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesAndCloses(Case raw) throws Exception {
        int before = upstream.heads.size();
        try (Peer client = proxy.client()) {
            String answer = client.send(raw.bytes + "GET /smuggled HTTP/1.1\r\n" + HOST + "\r\n")
                    .rest();

            assertThat(answer).startsWith("HTTP/1.1 " + raw.status + " ");
            assertThat(answer.split("HTTP/1.1 ", -1))
                    .as("one answer in %s", answer)
                    .hasSize(2);
        }
        assertThat(upstream.heads).hasSize(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x\r\n", "3\r\nabcd\r\n", "3\nabc\r\n", "ffffffffffffffffff\r\n", "0\r\nX : y\r\n\r\n"})
    void refusesABodyHalfway(String chunk) throws Exception {
        try (ScriptedUpstream slow = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.rest();
                });
                Proxy proxy = Proxy.to(slow.port()).start();
                Peer client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n" + chunk);

            assertThat(client.rest()).startsWith("HTTP/1.1 400 ");
            proxy.awaitOutcomes(Outcome.CLIENT_ABORTED);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok",
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok",
                "HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 600 Odd\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 99 Odd\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "SSH-2.0-OpenSSH_9.2\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
            })
    void answers502ForWhatIsNoAnswer(String bytes) throws Exception {
        try (ScriptedUpstream odd = ScriptedUpstream.answering(bytes);
                Proxy proxy = Proxy.to(odd.port())
                        .options(java.util.Map.of("proxy-next-upstream-tries", "1"))
                        .start();
                Peer client = proxy.client()) {
            String answer = client.send("GET / HTTP/1.1\r\n" + HOST + "\r\n").response();

            assertThat(answer).startsWith("HTTP/1.1 502 ");
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }
}
