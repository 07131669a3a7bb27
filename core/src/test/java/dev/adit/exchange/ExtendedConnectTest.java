package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.exchange.Workbench.Sent;
import dev.adit.route.Backend;
import dev.adit.route.Protocol;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets on streams of HTTP/2: RFC 8441. */
class ExtendedConnectTest {
    private final Workbench bench = new Workbench();

    {
        Backend shop = bench.backend("shop", 1);
        bench.route("a.example", "/", new Workbench.Plan(shop));
        Backend h2c = new Backend("default", "h2", "80", Protocol.H2C, shop.pool(), "", 503, null);
        bench.route("h2.example", "/", new Workbench.Plan(h2c));
    }

    private record Connect(String protocol, String authority, Headers headers) implements RequestHead {
        @Override
        public String method() {
            return "CONNECT";
        }

        @Override
        public String target() {
            return "/chat?room=1";
        }

        @Override
        public HttpVersion version() {
            return HttpVersion.HTTP_2;
        }
    }

    private Exchange open(String protocol, String host, String... fields) {
        return bench.open(new Connect(protocol, host, ArrayHead.to("/", fields)));
    }

    private static ArrayHead granting(String key) throws Exception {
        byte[] text = (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII);
        String accept = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
        return ArrayHead.response(
                101,
                "Upgrade",
                "WebSocket",
                "Connection",
                "upgrade",
                "Sec-WebSocket-Accept",
                accept,
                "Sec-WebSocket-Protocol",
                "chat");
    }

    @Test
    void becomesAnUpgradeOfHttp1() throws Exception {
        Exchange exchange = open(
                "websocket",
                "a.example",
                "sec-websocket-version",
                "13",
                "sec-websocket-protocol",
                "chat",
                "sec-websocket-key",
                "mine",
                "origin",
                "http://a.example");
        Forward forward = (Forward) exchange.start();
        assertThat(forward.upgrade()).isEqualTo("websocket");
        Sent sent = Sent.of(forward);
        assertThat(sent.method()).isEqualTo("GET");
        assertThat(sent.target()).isEqualTo("/chat?room=1");
        assertThat(sent.get("Host")).isEqualTo("a.example");
        assertThat(sent.get("Connection")).isEqualTo("Upgrade");
        assertThat(sent.get("Upgrade")).isEqualTo("websocket");
        assertThat(sent.get("Sec-WebSocket-Version")).isEqualTo("13");
        assertThat(sent.get("Sec-WebSocket-Protocol")).isEqualTo("chat");
        assertThat(sent.get("Origin")).isEqualTo("http://a.example");
        String key = sent.get("Sec-WebSocket-Key");
        assertThat(Base64.getDecoder().decode(key)).hasSize(16);

        Relay relay = (Relay) exchange.upstreamHead(granting(key), true);
        assertThat(relay.upgraded()).isTrue();
        Sent told = Sent.of(relay);
        assertThat(told.status()).isEqualTo(200);
        assertThat(told.get("Sec-WebSocket-Protocol")).isEqualTo("chat");
        assertThat(told.fields()).doesNotContainKeys("connection", "upgrade", "sec-websocket-accept");
        assertThat(exchange.status()).isEqualTo(200);
    }

    @Test
    void everyHandshakeHasItsOwnKey() {
        String one = Sent.of((Forward) open("websocket", "a.example").start()).get("Sec-WebSocket-Key");
        String two = Sent.of((Forward) open("websocket", "a.example").start()).get("Sec-WebSocket-Key");
        assertThat(one).isNotEqualTo(two);
    }

    @ParameterizedTest
    @CsvSource({
        "101, Upgrade, websocket, Sec-WebSocket-Accept, s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        "101, Upgrade, websocket, X-None, ''",
        "101, Upgrade, chat, X-None, ''",
        "200, Upgrade, websocket, X-None, ''",
        "204, X-None, '', X-None, ''"
    })
    void whatIsNoWebSocketMustNotLookLikeOne(int status, String name, String value, String other, String text) {
        Exchange exchange = open("websocket", "a.example");
        exchange.start();
        Reply reply = (Reply) exchange.upstreamHead(
                ArrayHead.response(status, "Connection", "Upgrade", name, value, other, text), true);
        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.reason()).isEqualTo("bad-upstream-response");
    }

    @Test
    void anAcceptWithoutTheRestIsNoGrant() throws Exception {
        Exchange exchange = open("websocket", "a.example");
        String key = Sent.of((Forward) exchange.start()).get("Sec-WebSocket-Key");
        String accept = granting(key).get("Sec-WebSocket-Accept");
        assertThat(exchange.upstreamHead(ArrayHead.response(101, "Sec-WebSocket-Accept", accept), true))
                .isInstanceOf(Reply.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 403, 426, 503})
    void aRefusalIsAnOrdinaryAnswer(int status) {
        Exchange exchange = open("websocket", "a.example");
        exchange.start();
        Relay relay = (Relay) exchange.upstreamHead(ArrayHead.response(status, "X", "y"), true);
        assertThat(relay.upgraded()).isFalse();
        assertThat(Sent.of(relay).status()).isEqualTo(status);
        assertThat(Sent.of(relay).get("X")).isEqualTo("y");
    }

    @Test
    void staysItselfTowardsHttp2() {
        Exchange exchange = open("websocket", "h2.example", "sec-websocket-version", "13");
        Forward forward = (Forward) exchange.start();
        assertThat(forward.upgrade()).isEqualTo("websocket");
        Sent sent = Sent.of(forward);
        assertThat(sent.method()).isEqualTo("CONNECT");
        assertThat(sent.target()).isEqualTo("/chat?room=1");
        assertThat(sent.get(":protocol")).isEqualTo("websocket");
        assertThat(sent.get("sec-websocket-version")).isEqualTo("13");
        assertThat(sent.fields()).doesNotContainKeys("upgrade", "connection", "sec-websocket-key");
        Relay relay = (Relay) exchange.upstreamHead(ArrayHead.response(200), true);
        assertThat(relay.upgraded()).isTrue();
        assertThat(Sent.of(relay).status()).isEqualTo(200);
    }

    @Test
    void otherProtocolsAreNotImplemented() {
        Reply reply = (Reply) open("connect-udp", "a.example").start();
        assertThat(reply.status()).isEqualTo(501);
        assertThat(reply.reason()).isEqualTo("unknown-protocol");
        assertThat(reply.close()).isFalse();
    }

    @Test
    void hostAndPathAreReadAsEver() {
        assertThat(((Reply) open("websocket", "b.example").start()).status()).isEqualTo(404);
        assertThat(((Reply) open("websocket", "a.example", "host", "b.example").start()).status())
                .isEqualTo(400);
    }
}
