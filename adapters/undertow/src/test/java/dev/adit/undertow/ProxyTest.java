package dev.adit.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.exchange.Outcome;
import org.junit.jupiter.api.Test;

/** What a well-behaved client and a well-behaved upstream see. */
class ProxyTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";

    @Test
    void passesARequestAndItsAnswer() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(
                        "HTTP/1.1 201 Made\r\nContent-Length: 5\r\nX-Up: 1\r\nConnection: X-Gone\r\nX-Gone: 1\r\n\r\nhello");
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            String answer = client.send(
                            "POST /a?b=c HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\nX-Own: x\r\n\r\nhi")
                    .response();

            assertThat(answer)
                    .startsWith("HTTP/1.1 201 Created\r\n")
                    .contains("X-Up: 1\r\n", "Content-Length: 5\r\n", "\r\nDate: ")
                    .doesNotContain("X-Gone", "Connection:")
                    .endsWith("\r\n\r\nhello");
            assertThat(upstream.heads.get(0))
                    .startsWith("POST /a?b=c HTTP/1.1\r\n")
                    .contains(
                            "\r\nHost: a.test\r\n",
                            "X-Own: x\r\n",
                            "Content-Length: 2\r\n",
                            "X-Forwarded-For: 127.0.0.1\r\n");
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @Test
    void keepsOneDate() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(
                        "HTTP/1.1 200 OK\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n");
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            assertThat(client.send(GET).response())
                    .contains("date: Sun, 06 Nov 1994 08:49:37 GMT\r\n")
                    .doesNotContain("Date:");
        }
    }

    @Test
    void usesOneConnectionOnBothSidesAgainAndAgain() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            for (int i = 0; i < 50; i++) {
                assertThat(client.send(GET).response()).endsWith("\r\n\r\nok");
            }
            assertThat(upstream.connections).hasValue(1);
            assertThat(upstream.heads).hasSize(50);
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    while (true) {
                        String head = gateway.head();
                        String path = head.split(" ")[1];
                        gateway.read(Peer.contentLength(head));
                        gateway.send("HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path);
                    }
                });
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 20; i++) {
                requests.append("POST /r" + i + " HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc");
            }
            requests.append("GET /last HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
            client.send(requests.toString());
            for (int i = 0; i < 20; i++) {
                assertThat(client.response()).endsWith("\r\n\r\n/r" + i);
            }
            assertThat(client.rest()).contains("Connection: close\r\n").endsWith("\r\n\r\n/last");
        }
    }

    @Test
    void passesChunksAndTrailersBothWays() throws Exception {
        String[] seen = new String[1];
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    seen[0] = gateway.until("0\r\n") + gateway.until("\r\n\r\n");
                    gateway.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n");
                    gateway.send("0\r\nX-Sum: 7\r\nContent-Length: 9\r\n\r\n");
                });
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n");
            client.send("5;ext=1\r\nhello\r\n0\r\nX-T: 1\r\nX-Forwarded-For: 6.6.6.6\r\nHost: b\r\n\r\n");
            String head = client.head();
            String body = client.until("0\r\n") + client.until("\r\n\r\n");

            assertThat(seen[0]).isEqualTo("05\r\nhello\r\n0\r\nX-T: 1\r\n\r\n");
            assertThat(head).contains("Transfer-Encoding: chunked\r\n", "Trailer: X-Sum\r\n");
            assertThat(body).isEqualTo("03\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n");
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @Test
    void sendsNoBodyWhereThereIsNone() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
                    gateway.head();
                    gateway.send("HTTP/1.1 204 No Content\r\n\r\n");
                    gateway.head();
                    gateway.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\nETag: x\r\n\r\n");
                    gateway.head();
                    gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                });
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            assertThat(client.send(GET.replace("GET", "HEAD")).head()).contains("Content-Length: 500\r\n");
            assertThat(client.send(GET).head())
                    .startsWith("HTTP/1.1 204")
                    .doesNotContain("Content-Length", "Transfer-Encoding");
            assertThat(client.send(GET).head()).startsWith("HTTP/1.1 304").contains("Content-Length: 500\r\n");
            assertThat(client.send(GET).response()).endsWith("\r\n\r\nok");
            assertThat(upstream.connections).hasValue(1);
        }
    }

    @Test
    void believesAnEndpointThatSaysLateThatItCloses() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.send(
                            "HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
                    gateway.rest();
                });
                Proxy proxy = Proxy.to(upstream.port()).threads(1).start();
                Peer client = proxy.client()) {
            assertThat(client.send(GET).response()).endsWith("ok");
            assertThat(client.send(GET).response()).endsWith("ok");
            assertThat(upstream.connections).hasValue(2);
        }
    }

    @Test
    void passesAnAnswerThatEndsWithItsConnection() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.send("HTTP/1.1 200 OK\r\n\r\nall of it");
                });
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            assertThat(client.send(GET).head()).contains("Transfer-Encoding: chunked\r\n");
            assertThat(client.until("0\r\n\r\n")).isEqualTo("09\r\nall of it\r\n0\r\n\r\n");
            assertThat(client.send(GET).head()).startsWith("HTTP/1.1 200");
            assertThat(upstream.connections).hasValue(2);
        }
    }

    @Test
    void servesOldClients() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    while (true) {
                        String head = gateway.head();
                        gateway.send(
                                head.startsWith("GET /chunked")
                                        ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                                        : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    }
                });
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer once = proxy.client();
                Peer kept = proxy.client()) {
            assertThat(once.send("GET / HTTP/1.0\r\nHost: a.test\r\n\r\n").rest())
                    .contains("Connection: close\r\n")
                    .endsWith("\r\n\r\nok");
            kept.send("GET / HTTP/1.0\r\nHost: a.test\r\nConnection: Keep-Alive\r\n\r\n");
            assertThat(kept.response()).contains("Connection: keep-alive\r\n").endsWith("\r\n\r\nok");
            kept.send("GET /chunked HTTP/1.0\r\nHost: a.test\r\nConnection: Keep-Alive\r\n\r\n");
            assertThat(kept.rest())
                    .contains("Connection: close\r\n")
                    .doesNotContain("Transfer-Encoding", "Content-Length")
                    .endsWith("\r\n\r\nabc");
        }
    }

    @Test
    void answersWithoutAnUpstreamAndGoesOn() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: unknown.test\r\nContent-Length: 5\r\n\r\nhello");
            assertThat(client.response()).startsWith("HTTP/1.1 404").doesNotContain("Connection: close");
            assertThat(client.send(GET).response()).endsWith("\r\n\r\nok");
            String head =
                    client.send("HEAD / HTTP/1.1\r\nHost: unknown.test\r\n\r\n").head();
            assertThat(Peer.contentLength(head)).isPositive();
            assertThat(client.send(GET).response()).endsWith("\r\n\r\nok");
            proxy.awaitOutcomes(Outcome.COMPLETED, Outcome.COMPLETED, Outcome.COMPLETED, Outcome.COMPLETED);
        }
    }

    @Test
    void doesNotReadABodyForAnAnswerOfItsOwn() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: unknown.test\r\nContent-Length: 500000\r\n\r\nhello");
            assertThat(client.rest()).startsWith("HTTP/1.1 404").contains("Connection: close\r\n");
            assertThat(upstream.heads).isEmpty();
        }
    }

    @Test
    void passesInterimAnswers() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n");
                    gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    gateway.head();
                    gateway.send("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                });
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            client.send(GET);
            assertThat(client.head()).isEqualTo("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 102");
            assertThat(client.response()).startsWith("HTTP/1.1 200").endsWith("ok");
            client.send("GET / HTTP/1.0\r\nHost: a.test\r\n\r\n");
            assertThat(client.rest()).as("HTTP/1.0 knows no interim answers").startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void waitsForALateHead() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            for (int i = 0; i < GET.length(); i++) {
                client.send(GET.substring(i, i + 1));
            }
            assertThat(client.response()).endsWith("\r\n\r\nok");
            assertThat(upstream.heads).hasSize(1);
        }
    }
}
