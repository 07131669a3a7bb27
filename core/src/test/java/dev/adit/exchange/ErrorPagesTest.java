package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.route.Backend;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors in somebody else's words. */
class ErrorPagesTest {
    private final Workbench bench = new Workbench();
    private final Backend shop = bench.backend("shop", 1);
    private final Backend pages = bench.backend("pages", 1);

    private Exchange serving(Backend main, ArrayHead request) {
        bench.route("a.example", "/", new Workbench.Plan(main).errorPages(pages, 404, 502, 503));
        return bench.open(request);
    }

    private static ConsultAnswer page(int status) {
        return new ConsultAnswer(
                status,
                ArrayHead.response(
                        status,
                        "Content-Type",
                        "text/html",
                        "Content-Length",
                        "3",
                        "X-Hop",
                        "1",
                        "Connection",
                        "X-Hop",
                        "X-Page",
                        "yes"),
                "oh!".getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({"404, true", "503, true", "502, true", "500, false", "200, false", "403, false"})
    void theListedStatusesAreReplaced(int status, boolean replaced) {
        Exchange exchange = serving(shop, ArrayHead.to("/x", "Host", "a.example"));
        exchange.start();
        Step step = exchange.upstreamHead(ArrayHead.response(status), true);
        assertThat(step).isInstanceOf(replaced ? Consult.class : Relay.class);
        assertThat(bench.inFlight(shop)).isEqualTo(replaced ? 0 : 1);
        assertThat(bench.inFlight(pages)).isEqualTo(replaced ? 1 : 0);
        assertThat(exchange.endpoint().host()).isEqualTo("shop-1");
        exchange.close(Outcome.CLIENT_ABORTED);
        assertThat(bench.inFlight(shop, pages)).isZero();
    }

    @Test
    void theClientSeesThePageAndItsStatus() {
        Exchange exchange = serving(
                shop,
                ArrayHead.request(
                        "POST",
                        "/x?y",
                        "Host",
                        "a.example",
                        "Accept",
                        "text/html",
                        "Content-Type",
                        "text/plain",
                        "X-Code",
                        "forged"));
        exchange.start();
        Consult consult = (Consult) exchange.upstreamHead(ArrayHead.response(503), true);
        assertThat(consult.answerLimit()).isEqualTo(1000);
        Workbench.Sent sent = Workbench.Sent.of(consult);
        assertThat(sent.method()).isEqualTo("GET");
        assertThat(sent.target()).isEqualTo("/");
        assertThat(sent.get("x-code")).isEqualTo("503");
        assertThat(sent.get("x-format")).isEqualTo("text/html");
        assertThat(sent.get("x-original-uri")).isEqualTo("/x?y");
        assertThat(sent.get("x-namespace")).isEqualTo("default");
        assertThat(sent.get("x-ingress-name")).isEqualTo("ing");
        assertThat(sent.get("x-service-name")).isEqualTo("shop");
        assertThat(sent.get("content-type")).isNull();
        Reply reply = (Reply) exchange.consulted(page(200));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.reason()).isEqualTo("error-page");
        assertThat(reply.body()).isEqualTo("oh!");
        assertThat(reply.headers()).containsExactly(Map.entry("Content-Type", "text/html"), Map.entry("X-Page", "yes"));
        assertThat(exchange.status()).isEqualTo(200);
        exchange.close(Outcome.COMPLETED);
        assertThat(bench.inFlight(shop, pages)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"204", "304"})
    void anAnswerWithoutBodyIsNoPage(int status) {
        Exchange exchange = serving(shop, ArrayHead.to("/", "Host", "a.example"));
        exchange.start();
        exchange.upstreamHead(ArrayHead.response(404), true);
        assertThat(((Reply) exchange.consulted(page(status))).status()).isEqualTo(404);
    }

    @Test
    void withoutThePageTheClientHearsTheErrorInPlainWords() {
        Exchange exchange = serving(shop, ArrayHead.to("/", "Host", "a.example"));
        exchange.start();
        exchange.upstreamHead(ArrayHead.response(404), true);
        Reply reply = (Reply)
                exchange.consultFailed(new UpstreamFailure(UpstreamFailure.Kind.TIMEOUT, true, false, true, ""));
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.reason()).isEqualTo("error-page-failed");
        assertThat(bench.inFlight(shop, pages)).isZero();
    }

    @Test
    void withNobodyToAskTheUpstreamsOwnAnswerIsLetThrough() {
        bench.route("a.example", "/", new Workbench.Plan(shop).errorPages(bench.backend("empty", 0), 404));
        Exchange exchange = bench.open(ArrayHead.to("/", "Host", "a.example"));
        exchange.start();
        assertThat(exchange.upstreamHead(ArrayHead.response(404), true)).isInstanceOf(Relay.class);
        assertThat(bench.inFlight(shop)).isEqualTo(1);
    }

    @Test
    void theGatewaysOwnFailuresAreReplacedToo() {
        Exchange unreachable = serving(shop, ArrayHead.to("/", "Host", "a.example"));
        unreachable.start();
        UpstreamFailure refused = new UpstreamFailure(UpstreamFailure.Kind.CONNECT, false, false, true, "");
        Consult consult = (Consult) unreachable.upstreamFailed(refused);
        assertThat(Workbench.Sent.of(consult).get("x-code")).isEqualTo("502");
        assertThat(bench.inFlight(shop)).isZero();
        Reply reply = (Reply) unreachable.consultFailed(refused);
        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.reason()).isEqualTo("connect-failed");

        Workbench fresh = new Workbench();
        fresh.route("a.example", "/", new Workbench.Plan(fresh.backend("none", 0)).errorPages(pages, 503));
        assertThat(Workbench.Sent.of((Consult) fresh.start(ArrayHead.to("/", "Host", "a.example")))
                        .get("x-code"))
                .isEqualTo("503");
    }

    @Test
    void whoStandsInForAnotherWordsItsErrorsItself() {
        Backend main = Workbench.backend("main", bench.pool("main", 0), shop);
        Exchange exchange = serving(main, ArrayHead.to("/", "Host", "a.example"));
        assertThat(((Forward) exchange.start()).backend()).isSameAs(shop);
        assertThat(exchange.upstreamHead(ArrayHead.response(404), true)).isInstanceOf(Relay.class);
    }
}
