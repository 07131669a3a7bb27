package dev.adit.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.adit.balancer.BalancePolicy;
import dev.adit.balancer.Balancer;
import dev.adit.balancer.Endpoint;
import dev.adit.exchange.Outcome;
import dev.adit.policy.ErrorPages;
import dev.adit.policy.ExternalAuth;
import dev.adit.policy.Mirror;
import dev.adit.policy.Retry;
import dev.adit.route.Backend;
import dev.adit.route.Protocol;
import dev.adit.route.Route;
import dev.adit.route.RoutePolicies;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes out beside a client's request, and what of it is sent again. */
class SubRequestTest {
    private static final String GET = "GET /x?y HTTP/1.1\r\nHost: a.test\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String UNAVAILABLE = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy";

    private static Backend backend(int... ports) {
        List<Endpoint> endpoints = Arrays.stream(ports)
                .mapToObj(port -> Endpoint.of("127.0.0.1", port))
                .toList();
        return new Backend(
                "test",
                "other",
                "80",
                Protocol.HTTP,
                new Balancer().pool(BalancePolicy.roundRobin(), endpoints),
                "",
                503,
                null);
    }

    private static int refusingPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static UnaryOperator<RoutePolicies.Builder> auth(int port) {
        ExternalAuth how = new ExternalAuth("GET", "auth.test", "/check", List.of("X-User"), "", "rd", false);
        return policies -> policies.auth(new Route.AuthBackend(how, backend(port)));
    }

    private static UnaryOperator<RoutePolicies.Builder> pages(int port) {
        return policies ->
                policies.errorPages(new Route.ErrorBackend(new ErrorPages(Set.of(502, 503), 100), backend(port)));
    }

    private static UnaryOperator<RoutePolicies.Builder> mirror(int port, int maxBody) {
        return policies ->
                policies.mirrors(List.of(new Route.MirrorBackend(new Mirror("copy.test", "", maxBody), backend(port))));
    }

    private static UnaryOperator<RoutePolicies.Builder> retry(String words, int replayBytes) {
        return policies -> policies.retry(new Retry(3, Retry.on(words), replayBytes));
    }

    /** Reads one request whose body is counted or chunked: its target and what its body holds. */
    private static String request(Peer gateway) throws IOException {
        String head = gateway.head();
        String body = head.contains("chunked") ? gateway.until("0\r\n\r\n") : gateway.read(Peer.contentLength(head));
        return head + body;
    }

    /** Gives every request of every connection that answer, and remembers it with its body. */
    private static ScriptedUpstream recording(String answer, List<String> requests) {
        return new ScriptedUpstream(gateway -> {
            while (true) {
                requests.add(request(gateway));
                gateway.send(answer);
            }
        });
    }

    private static List<String> list() {
        return new java.util.concurrent.CopyOnWriteArrayList<>();
    }

    // External authentication

    @Test
    void passesWithWhatTheAuthenticationSays() throws Exception {
        List<String> asked = list();
        List<String> served = list();
        try (ScriptedUpstream auth = recording(
                        "HTTP/1.1 200 OK\r\nX-User: ada\r\nSet-Cookie: s=1\r\nContent-Length: 5\r\n\r\nhello", asked);
                ScriptedUpstream upstream = recording(OK, served);
                Proxy proxy =
                        Proxy.to(upstream.port()).policies(auth(auth.port())).start();
                Peer client = proxy.client()) {
            for (int i = 0; i < 3; i++) {
                client.send("POST /x?y HTTP/1.1\r\nHost: a.test\r\nX-User: forged\r\nContent-Length: 3\r\n\r\nabc");
                assertThat(client.response())
                        .startsWith("HTTP/1.1 200")
                        .contains("Set-Cookie: s=1")
                        .endsWith("ok");
            }
            assertThat(asked)
                    .hasSize(3)
                    .allSatisfy(request -> assertThat(request)
                            .startsWith("GET /check HTTP/1.1\r\n")
                            .contains("Host: auth.test\r\n", "X-Original-Method: POST\r\n")
                            .doesNotContain("Content-Length")
                            .endsWith("\r\n\r\n"));
            assertThat(served)
                    .hasSize(3)
                    .allSatisfy(request -> assertThat(request)
                            .contains("X-User: ada\r\n")
                            .doesNotContain("forged")
                            .endsWith("abc"));
            assertThat(auth.connections).as("connections are kept").hasValue(1);
            proxy.awaitOutcomes(Outcome.COMPLETED, Outcome.COMPLETED, Outcome.COMPLETED);
        }
    }

    @Test
    void whoeverIsRefusedNeverReachesTheUpstream() throws Exception {
        List<String> served = list();
        try (ScriptedUpstream auth = ScriptedUpstream.answering(
                        "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n");
                ScriptedUpstream upstream = recording(OK, served);
                Proxy proxy =
                        Proxy.to(upstream.port()).policies(auth(auth.port())).start();
                Peer client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc");
            assertThat(client.response()).startsWith("HTTP/1.1 401").contains("WWW-Authenticate: Basic");
            assertThat(client.send(GET).response()).as("the connection goes on").startsWith("HTTP/1.1 401");
            assertThat(served).isEmpty();
            proxy.awaitOutcomes(Outcome.COMPLETED, Outcome.COMPLETED);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
                "not HTTP at all\r\n\r\n",
                ""
            })
    void withoutAYesTheAnswerIs500(String answer) throws Exception {
        try (ScriptedUpstream auth = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.send(answer);
                });
                ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy =
                        Proxy.to(upstream.port()).policies(auth(auth.port())).start();
                Peer client = proxy.client()) {
            assertThat(client.send(GET).response()).startsWith("HTTP/1.1 500");
            assertThat(upstream.heads).isEmpty();
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @Test
    void anAuthenticationThatCannotBeReachedIs500() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy =
                        Proxy.to(upstream.port()).policies(auth(refusingPort())).start();
                Peer client = proxy.client()) {
            assertThat(client.send(GET).response()).startsWith("HTTP/1.1 500");
            assertThat(upstream.heads).isEmpty();
        }
    }

    @Test
    void theHeadOfItsAnswerIsEnough() throws Exception {
        try (ScriptedUpstream auth = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
                            .send(new byte[1_000_000]);
                });
                ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy =
                        Proxy.to(upstream.port()).policies(auth(auth.port())).start();
                Peer client = proxy.client()) {
            assertThat(client.send(GET).response()).startsWith("HTTP/1.1 200");
            assertThat(client.send(GET).response()).startsWith("HTTP/1.1 200");
            assertThat(auth.connections).as("nobody reads so much for nothing").hasValue(2);
        }
    }

    @Test
    void aClientThatLeavesTakesTheQuestionAlong() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        try (ScriptedUpstream auth = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    asked.countDown();
                    gateway.rest();
                    gone.countDown();
                });
                ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy =
                        Proxy.to(upstream.port()).policies(auth(auth.port())).start()) {
            try (Peer client = proxy.client()) {
                client.send(GET);
                await().until(() -> asked.getCount() == 0);
            }
            await().until(() -> gone.getCount() == 0);
            proxy.awaitOutcomes(Outcome.CLIENT_ABORTED);
        }
    }

    // Error pages

    @Test
    void anErrorIsReplacedByItsPage() throws Exception {
        List<String> asked = list();
        try (ScriptedUpstream pages = recording(
                        "HTTP/1.1 418 Teapot\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + "3\r\noh!\r\n0\r\n\r\n",
                        asked);
                ScriptedUpstream upstream = ScriptedUpstream.answering(UNAVAILABLE);
                Proxy proxy =
                        Proxy.to(upstream.port()).policies(pages(pages.port())).start();
                Peer client = proxy.client()) {
            for (int i = 0; i < 2; i++) {
                assertThat(client.send(GET).response())
                        .startsWith("HTTP/1.1 418")
                        .contains("Content-Type: text/html\r\n", "Content-Length: 3\r\n")
                        .doesNotContain("chunked")
                        .endsWith("\r\n\r\noh!");
            }
            String head =
                    client.send("HEAD /x HTTP/1.1\r\nHost: a.test\r\n\r\n").head();
            assertThat(head).startsWith("HTTP/1.1 418").contains("Content-Length: 3\r\n");
            assertThat(client.send(GET).response()).startsWith("HTTP/1.1 418");
            assertThat(asked.get(0))
                    .startsWith("GET / HTTP/1.1\r\n")
                    .contains("X-Code: 503\r\n", "X-Original-URI: /x?y\r\n");
            assertThat(pages.connections).hasValue(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n"
                        + "0123456789012345678901234567890123456789012345678901234567890123\r\n40\r\n"
                        + "0123456789012345678901234567890123456789012345678901234567890123\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
                ""
            })
    void withoutAPageTheErrorIsPlain(String page) throws Exception {
        try (ScriptedUpstream pages = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.send(page);
                });
                ScriptedUpstream upstream = ScriptedUpstream.answering(UNAVAILABLE);
                Proxy proxy =
                        Proxy.to(upstream.port()).policies(pages(pages.port())).start();
                Peer client = proxy.client()) {
            assertThat(client.send(GET).response()).startsWith("HTTP/1.1 503").endsWith("503 Service Unavailable\n");
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @Test
    void aPageForAnUpstreamThatRefuses() throws Exception {
        try (ScriptedUpstream pages = ScriptedUpstream.answeringText("sorry");
                Proxy proxy =
                        Proxy.to(refusingPort()).policies(pages(pages.port())).start();
                Peer client = proxy.client()) {
            assertThat(client.send(GET).response()).endsWith("sorry");
            assertThat(pages.heads.get(0)).contains("X-Code: 502\r\n");
        }
    }

    // Sending again

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc",
                "PUT / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                GET
            })
    void anAnswerIsRepeatedElsewhereWithTheWholeBody(String request) throws Exception {
        List<String> busy = list();
        List<String> served = list();
        try (ScriptedUpstream first = recording(UNAVAILABLE, busy);
                ScriptedUpstream second = recording(OK, served);
                Proxy proxy = Proxy.to(first.port(), second.port())
                        .policies(retry("http_503", 100))
                        .start();
                Peer client = proxy.client()) {
            for (int i = 0; i < 4; i++) {
                assertThat(client.send(request).response()).startsWith("HTTP/1.1 200");
            }
            assertThat(busy).isNotEmpty();
            String body = request.substring(request.indexOf("\r\n\r\n"));
            assertThat(served).hasSize(4).allSatisfy(sent -> assertThat(sent).endsWith(body));
        }
    }

    @Test
    void aBrokenConnectionIsRepeatedAndTheRestOfTheBodyFollows() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        CountDownLatch broken = new CountDownLatch(1);
        List<String> served = list();
        ScriptedUpstream.Script script = gateway -> {
            if (connections.incrementAndGet() == 1) {
                gateway.head();
                gateway.read(3);
                gateway.reset();
                broken.countDown();
            } else {
                served.add(request(gateway));
                gateway.send(OK);
            }
        };
        try (ScriptedUpstream first = new ScriptedUpstream(script);
                ScriptedUpstream second = new ScriptedUpstream(script);
                Proxy proxy = Proxy.to(first.port(), second.port())
                        .policies(retry("error", 100))
                        .start();
                Peer client = proxy.client()) {
            client.send("PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 6\r\n\r\nabc");
            await().until(() -> broken.getCount() == 0);
            await().until(() -> connections.get() == 2);
            assertThat(client.send("def").response()).startsWith("HTTP/1.1 200");
            assertThat(served).singleElement().asString().endsWith("\r\n\r\nabcdef");
        }
    }

    @Test
    void aLongBodyIsNotKept() throws Exception {
        try (ScriptedUpstream first = ScriptedUpstream.answering(UNAVAILABLE);
                ScriptedUpstream second = ScriptedUpstream.answering(UNAVAILABLE);
                Proxy proxy = Proxy.to(first.port(), second.port())
                        .policies(retry("http_503", 2))
                        .start();
                Peer client = proxy.client()) {
            client.send("PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc");
            assertThat(client.response()).endsWith("busy");
            assertThat(first.heads.size() + second.heads.size()).isEqualTo(1);
        }
    }

    // Mirrors

    @Test
    void copiesGoOutWithTheirBody() throws Exception {
        List<String> copied = list();
        List<String> served = list();
        try (ScriptedUpstream mirror = recording("HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops", copied);
                ScriptedUpstream upstream = recording(OK, served);
                Proxy proxy = Proxy.to(upstream.port())
                        .policies(mirror(mirror.port(), 5))
                        .start();
                Peer client = proxy.client()) {
            client.send("POST /1 HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc");
            assertThat(client.response()).endsWith("ok");
            client.send("POST /2 HTTP/1.1\r\nHost: a.test\r\nContent-Length: 6\r\n\r\nabcdef");
            assertThat(client.response()).endsWith("ok");
            client.send("POST /3 HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nxy\r\n0\r\n\r\n");
            assertThat(client.response()).endsWith("ok");
            client.send("GET /4 HTTP/1.1\r\nHost: a.test\r\n\r\n");
            assertThat(client.response()).endsWith("ok");
            await().until(() -> copied.size() == 3);
            assertThat(copied)
                    .anySatisfy(copy -> assertThat(copy)
                            .startsWith("POST /1 HTTP/1.1\r\n")
                            .contains("Host: copy.test\r\n")
                            .endsWith("abc"));
            assertThat(copied)
                    .anySatisfy(copy -> assertThat(copy)
                            .startsWith("POST /3 HTTP/1.1\r\n")
                            .contains("Content-Length: 2\r\n")
                            .endsWith("xy"));
            assertThat(copied).anySatisfy(copy -> assertThat(copy).startsWith("GET /4 HTTP/1.1\r\n"));
            assertThat(served).hasSize(4);
        }
    }

    @Test
    void aMirrorThatNeverAnswersDelaysNobody() throws Exception {
        AtomicInteger copies = new AtomicInteger();
        try (ScriptedUpstream mirror = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    copies.incrementAndGet();
                    gateway.rest();
                });
                ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = Proxy.to(upstream.port())
                        .policies(mirror(mirror.port(), 0))
                        .start();
                Peer client = proxy.client()) {
            for (int i = 0; i < Mirrors.LIMIT + 10; i++) {
                client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc");
                assertThat(client.response()).endsWith("ok");
            }
            await().until(() -> copies.get() == Mirrors.LIMIT);
            assertThat(mirror.connections).as("only so many wait").hasValue(Mirrors.LIMIT);
        }
    }

    @Test
    void aMirrorThatRefusesIsNotMissed() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = Proxy.to(upstream.port())
                        .policies(mirror(refusingPort(), 100))
                        .start();
                Peer client = proxy.client()) {
            client.send("PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc");
            assertThat(client.response()).endsWith("ok");
            assertThat(client.send(GET).response()).endsWith("ok");
            proxy.awaitOutcomes(Outcome.COMPLETED, Outcome.COMPLETED);
        }
    }
}
