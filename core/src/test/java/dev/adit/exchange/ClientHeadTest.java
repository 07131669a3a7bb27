package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.exchange.Workbench.Sent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client is told of an upstream's answer. */
class ClientHeadTest {
    private final Workbench bench = new Workbench();

    {
        bench.route("a.example", "/", new Workbench.Plan(bench.backend("shop", 1)));
    }

    private Sent answer(ArrayHead request, ArrayHead response) {
        Exchange exchange = bench.open(request);
        assertThat(exchange.start()).isInstanceOf(Forward.class);
        return Sent.of((Relay) exchange.upstreamHead(response, true));
    }

    private static ArrayHead request(String method, String... more) {
        String[] fields = new String[more.length + 2];
        fields[0] = "Host";
        fields[1] = "a.example";
        System.arraycopy(more, 0, fields, 2, more.length);
        return ArrayHead.request(method, "/", fields);
    }

    @Test
    void endToEndFieldsPass() {
        Sent sent = answer(
                request("GET"),
                ArrayHead.response(
                        200,
                        "Content-Type",
                        "text/html",
                        "Set-Cookie",
                        "a=1",
                        "Set-Cookie",
                        "b=2",
                        "Server",
                        "app",
                        "Proxy-Authenticate",
                        "Basic",
                        "X-Forwarded-For",
                        "1",
                        "Content-Length",
                        "12",
                        "Transfer-Encoding",
                        "chunked",
                        "Trailer",
                        "X-T",
                        "Connection",
                        "keep-alive",
                        "Keep-Alive",
                        "timeout=5",
                        "Proxy-Connection",
                        "keep-alive",
                        "Upgrade",
                        "h2c"));
        assertThat(sent.status()).isEqualTo(200);
        assertThat(sent.fields())
                .containsOnlyKeys("content-type", "set-cookie", "server", "proxy-authenticate", "x-forwarded-for");
        assertThat(sent.get("Set-Cookie")).isEqualTo("a=1|b=2");
    }

    @Test
    void nominatedNamesEndHere() {
        Sent sent = answer(
                request("GET"),
                ArrayHead.response(
                        200, "Connection", "close, X-Hop, X-Request-ID", "X-Hop", "1", "X-Request-ID", "2", "X", "3"));
        assertThat(sent.fields()).containsOnlyKeys("x");
    }

    @ParameterizedTest
    @CsvSource({"HEAD, 200, 12", "GET, 304, 12", "GET, 200, ", "GET, 204, "})
    void contentLengthThatAnnouncesNoBodyPasses(String method, int status, String expected) {
        assertThat(answer(request(method), ArrayHead.response(status, "content-length", "12"))
                        .get("Content-Length"))
                .isEqualTo(expected);
    }

    @Test
    void switchedProtocols() {
        Exchange exchange = bench.open(request("GET", "Upgrade", "websocket", "Connection", "Upgrade"));
        exchange.start();
        Relay relay = (Relay) exchange.upstreamHead(
                ArrayHead.response(
                        101,
                        "Upgrade",
                        "websocket",
                        "Connection",
                        "Upgrade",
                        "Sec-WebSocket-Accept",
                        "x",
                        "Content-Length",
                        "0"),
                true);
        assertThat(relay.upgraded()).isTrue();
        Sent sent = Sent.of(relay);
        assertThat(sent.status()).isEqualTo(101);
        assertThat(sent.get("Connection")).isEqualTo("Upgrade");
        assertThat(sent.get("Upgrade")).isEqualTo("websocket");
        assertThat(sent.get("Sec-WebSocket-Accept")).isEqualTo("x");
        assertThat(sent.fields()).doesNotContainKey("content-length");
    }

    @Test
    void aRefusedUpgradeIsAnOrdinaryAnswer() {
        Exchange exchange = bench.open(request("GET", "Upgrade", "websocket", "Connection", "Upgrade"));
        exchange.start();
        Relay relay = (Relay)
                exchange.upstreamHead(ArrayHead.response(403, "Upgrade", "websocket", "Connection", "Upgrade"), true);
        assertThat(relay.upgraded()).isFalse();
        assertThat(Sent.of(relay).fields()).isEmpty();
    }

    @Test
    void interimHeadsPassAndChangeNothing() {
        Exchange exchange = bench.open(request("GET"));
        exchange.start();
        Sent hints = Sent.of(exchange.interim(ArrayHead.response(103, "Link", "</a.css>", "Connection", "close")));
        assertThat(hints.status()).isEqualTo(103);
        assertThat(hints.fields()).containsOnlyKeys("link");
        assertThat(exchange.upstreamHead(ArrayHead.response(200), true)).isInstanceOf(Relay.class);
    }
}
