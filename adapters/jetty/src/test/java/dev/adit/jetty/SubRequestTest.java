package dev.adit.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.balancer.BalancePolicy;
import dev.adit.balancer.Balancer;
import dev.adit.balancer.Endpoint;
import dev.adit.exchange.Outcome;
import dev.adit.policy.ErrorPages;
import dev.adit.policy.ExternalAuth;
import dev.adit.policy.Retry;
import dev.adit.route.Backend;
import dev.adit.route.Protocol;
import dev.adit.route.Route;
import dev.adit.route.RoutePolicies;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked beside a client's request, and answers that are asked for again. */
class SubRequestTest {
    private static final String GET = "GET /x?y HTTP/1.1\r\nHost: a.test\r\n\r\n";
    private static final String UNAVAILABLE = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy";

    private static Backend backend(int port) {
        return new Backend(
                "test",
                "other",
                "80",
                Protocol.HTTP,
                new Balancer().pool(BalancePolicy.roundRobin(), List.of(Endpoint.of("127.0.0.1", port))),
                "",
                503,
                null);
    }

    private static UnaryOperator<RoutePolicies.Builder> auth(int port) {
        ExternalAuth how = new ExternalAuth("GET", "auth.test", "/check", List.of("X-User"), "", "rd", false);
        return policies -> policies.auth(new Route.AuthBackend(how, backend(port)));
    }

    private static UnaryOperator<RoutePolicies.Builder> pages(int port) {
        return policies ->
                policies.errorPages(new Route.ErrorBackend(new ErrorPages(Set.of(502, 503), 100), backend(port)));
    }

    @Test
    void passesWithWhatTheAuthenticationSays() throws Exception {
        try (ScriptedUpstream auth = ScriptedUpstream.answering(
                        "HTTP/1.1 200 OK\r\nX-User: ada\r\nSet-Cookie: s=1\r\nContent-Length: 5\r\n\r\nhello");
                ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
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
            assertThat(auth.heads)
                    .hasSize(3)
                    .allSatisfy(head -> assertThat(head)
                            .startsWith("GET /check HTTP/1.1\r\n")
                            .contains("X-Original-Method: POST\r\n")
                            .doesNotContain("Content-Length"));
            assertThat(upstream.heads)
                    .hasSize(3)
                    .allSatisfy(
                            head -> assertThat(head).contains("X-User: ada\r\n").doesNotContain("forged"));
            proxy.awaitOutcomes(Outcome.COMPLETED, Outcome.COMPLETED, Outcome.COMPLETED);
        }
    }

    @Test
    void whoeverIsRefusedNeverReachesTheUpstream() throws Exception {
        try (ScriptedUpstream auth = ScriptedUpstream.answering(
                        "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n");
                ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy =
                        Proxy.to(upstream.port()).policies(auth(auth.port())).start();
                Peer client = proxy.client()) {
            assertThat(client.send(GET).response()).startsWith("HTTP/1.1 401").contains("WWW-Authenticate: Basic");
            assertThat(client.send(GET).response()).startsWith("HTTP/1.1 401");
            assertThat(upstream.heads).isEmpty();
            proxy.awaitOutcomes(Outcome.COMPLETED, Outcome.COMPLETED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", "not HTTP at all\r\n\r\n", ""})
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
    void anErrorIsReplacedByItsPage() throws Exception {
        try (ScriptedUpstream pages = ScriptedUpstream.answering(
                        "HTTP/1.1 418 Teapot\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + "3\r\noh!\r\n0\r\n\r\n");
                ScriptedUpstream upstream = ScriptedUpstream.answering(UNAVAILABLE);
                Proxy proxy =
                        Proxy.to(upstream.port()).policies(pages(pages.port())).start();
                Peer client = proxy.client()) {
            for (int i = 0; i < 2; i++) {
                assertThat(client.send(GET).response())
                        .startsWith("HTTP/1.1 418")
                        .contains("Content-Type: text/html\r\n", "Content-Length: 3\r\n")
                        .endsWith("\r\n\r\noh!");
            }
            assertThat(pages.heads.get(0)).startsWith("GET / HTTP/1.1\r\n").contains("X-Code: 503\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"
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
    void anAnswerIsRepeatedElsewhere() throws Exception {
        try (ScriptedUpstream first = ScriptedUpstream.answering(UNAVAILABLE);
                ScriptedUpstream second = ScriptedUpstream.answeringText("ok");
                Proxy proxy = Proxy.to(first.port(), second.port())
                        .policies(policies -> policies.retry(Retry.DEFAULT.withOn(Retry.on("http_503"))))
                        .start();
                Peer client = proxy.client()) {
            for (int i = 0; i < 4; i++) {
                assertThat(client.send(GET).response()).endsWith("ok");
            }
            assertThat(first.heads).isNotEmpty();
            assertThat(second.heads).hasSize(4);
        }
    }
}
