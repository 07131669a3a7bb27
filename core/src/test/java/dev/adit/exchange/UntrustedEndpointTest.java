package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.balancer.Endpoint;
import dev.adit.balancer.Pool;
import dev.adit.balancer.PoolView;
import dev.adit.exchange.UpstreamFailure.Kind;
import dev.adit.policy.Settings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What follows if an endpoint's certificate does not stand up to verification. */
class UntrustedEndpointTest {
    private static final UpstreamFailure UNTRUSTED =
            new UpstreamFailure(Kind.UNTRUSTED, false, false, true, "is for nobody");

    private final Workbench bench = new Workbench();
    private final Pool pool = bench.pool("shop", 2);
    private final List<String> told = new ArrayList<>();

    private Exchange open(ExchangeListener listener) {
        bench.route("a.example", "/", new Workbench.Plan(Workbench.backend("shop", pool, null)));
        ExchangeFactory factory = new ExchangeFactory(Settings.DEFAULT, bench.random, () -> 0, listener);
        return factory.open(
                bench.table(),
                factory.connection("203.0.113.7", false, 80, null),
                ArrayHead.request("POST", "/", "Host", "a.example"));
    }

    private ExchangeListener telling() {
        return new ExchangeListener() {
            @Override
            public void closed(Exchange exchange, Outcome outcome) {
                told.add(outcome.name());
            }

            @Override
            public void distrusted(Exchange exchange, Endpoint endpoint, String why) {
                told.add(endpoint + " " + why);
            }
        };
    }

    @Test
    void anotherIsAskedAndThenTheAnswerIs502() {
        Exchange exchange = open(telling());
        Forward first = (Forward) exchange.start();
        Forward second = (Forward) exchange.upstreamFailed(UNTRUSTED);
        assertThat(second.endpoint()).isNotEqualTo(first.endpoint());
        Reply reply = (Reply) exchange.upstreamFailed(UNTRUSTED);
        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.reason()).isEqualTo("upstream-untrusted");
        exchange.close(Outcome.COMPLETED);
        assertThat(told)
                .containsExactly(
                        first.endpoint() + " is for nobody", second.endpoint() + " is for nobody", "COMPLETED");
    }

    @Test
    void itSaysNothingAboutHowWellTheEndpointIs() {
        Exchange exchange = open(telling());
        exchange.start();
        exchange.upstreamFailed(UNTRUSTED);
        exchange.upstreamFailed(UNTRUSTED);
        exchange.close(Outcome.COMPLETED);
        assertThat(pool.view().members())
                .extracting(PoolView.MemberView::failures)
                .containsOnly(0);
        assertThat(pool.view().inFlight()).isZero();
    }

    @Test
    void aListenerThatFailsChangesNothing() {
        Exchange exchange = open(new ExchangeListener() {
            @Override
            public void closed(Exchange closed, Outcome outcome) {}

            @Override
            public void distrusted(Exchange asking, Endpoint endpoint, String why) {
                throw new IllegalStateException("on trial");
            }
        });
        exchange.start();
        assertThat(exchange.upstreamFailed(UNTRUSTED)).isInstanceOf(Forward.class);
        exchange.close(Outcome.COMPLETED);
        assertThat(pool.view().inFlight()).isZero();
    }
}
