package dev.adit.netty;

import static dev.adit.netty.NettyTransport.NETTY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.exchange.Outcome;
import dev.adit.netty.Http2Peer.Answer;
import dev.adit.tck.fixture.Peer;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Clients that speak HTTP/2, in front of upstreams that speak HTTP/1.1. */
class Http2Test {
    @Test
    void servesWithPriorKnowledge() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Case: Yes\r\nKeep-Alive: timeout=5\r\n\r\nok");
                Proxy proxy = NETTY.to(upstream.port()).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            Answer answer = client.get(1, "/a?b=c", "accept", "text/plain").answer(1);
            assertThat(answer.status()).isEqualTo("200");
            assertThat(answer.body()).isEqualTo("ok");
            assertThat(answer.get("content-length")).isEqualTo("2");
            assertThat(answer.get("x-case")).isEqualTo("Yes");
            assertThat(answer.get("date")).isNotNull();
            assertThat(answer.head().contains("keep-alive")).isFalse();
            assertThat(upstream.heads.get(0))
                    .startsWith("GET /a?b=c HTTP/1.1\r\nHost: a.test\r\n")
                    .contains("accept: text/plain\r\n")
                    .contains("X-Forwarded-Proto: http\r\n");
            assertThat(client.get(3, "/").answer(3).body()).isEqualTo("ok");
            assertThat(upstream.connections).hasValue(1);
            proxy.awaitOutcomes(Outcome.COMPLETED, Outcome.COMPLETED);
        }
    }

    @Test
    void tellsThePrefaceFromRequestsThatBeginLikeIt() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = NETTY.to(upstream.port()).start();
                Peer post = proxy.client();
                Peer odd = proxy.client();
                Peer pieces = proxy.client()) {
            post.send("P").send("OST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1\r\n\r\nx");
            assertThat(post.response()).endsWith("ok");
            odd.send("PRI / HTTP/1.1\r\nHost: a.test\r\n\r\n");
            assertThat(odd.response()).startsWith("HTTP/1.1 200");
            pieces.send("PRI * HT").send("TP/2.0\r\n\r\nSM\r");
            pieces.send("\n\r\n").send(Http2Peer.frame(Http2Peer.SETTINGS, 0, 0, new byte[0]));
            byte[] head = pieces.in().readNBytes(9);
            assertThat(head[3]).isEqualTo((byte) Http2Peer.SETTINGS);
        }
    }

    @Test
    void servesManyStreamsAtOnce() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = NETTY.to(upstream.port()).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            int streams = 100;
            for (int i = 0; i < streams; i++) {
                client.get(2 * i + 1, "/" + i);
            }
            Set<Integer> answered = new TreeSet<>();
            while (answered.size() < streams) {
                Http2Peer.Frame frame = client.any();
                assertThat(frame).isNotNull();
                if (frame.ends()) {
                    assertThat(frame.text()).isEqualTo("ok");
                    answered.add(frame.stream());
                }
            }
            assertThat(upstream.heads).hasSize(streams);
        }
    }
}
