package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.exchange.Workbench.Sent;
import dev.adit.policy.PathRegex;
import dev.adit.policy.Rewrite;
import dev.adit.policy.Settings;
import dev.adit.route.Backend;
import dev.adit.route.Protocol;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an upstream is told of a request. */
class UpstreamHeadTest {
    private final Workbench bench = new Workbench();
    private final Backend shop = bench.backend("shop", 2);

    {
        bench.route("a.example", "/", new Workbench.Plan(shop));
    }

    private static String[] withHost(String... fields) {
        String[] all = new String[fields.length + 2];
        all[0] = "Host";
        all[1] = "a.example";
        System.arraycopy(fields, 0, all, 2, fields.length);
        return all;
    }

    private Sent sent(String... fields) {
        return bench.sent(ArrayHead.to("/", withHost(fields)));
    }

    @Test
    void endToEndFieldsPassInOrderWithTheirSpelling() {
        Sent sent = sent("Accept", "*/*", "X-Twice", "1", "Cookie", "a=b", "x-twice", "2", "Authorization", "Basic x");
        assertThat(sent.method()).isEqualTo("GET");
        assertThat(sent.fields().keySet().stream().limit(5))
                .containsExactly("host", "accept", "x-twice", "cookie", "authorization");
        assertThat(sent.get("X-Twice")).isEqualTo("1|2");
    }

    @Test
    void hostGoesAsTheClientWroteIt() {
        assertThat(bench.sent(ArrayHead.to("/", "Host", "A.Example:80")).get("Host"))
                .isEqualTo("A.Example:80");
        Sent absolute = bench.sent(ArrayHead.to("http://A.example:80/", "Host", "a.example"));
        assertThat(absolute.get("Host")).isEqualTo("A.example:80");
        assertThat(bench.sent(ArrayHead.to("/").http2("a.example")).get("Host")).isEqualTo("a.example");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection",
                "Keep-Alive",
                "Proxy-Connection",
                "Proxy-Authorization",
                "Transfer-Encoding",
                "Trailer",
                "Upgrade",
                "HTTP2-Settings",
                "TE",
                "Content-Length",
                "Expect",
                "Proxy",
                "Forwarded",
                "X-Forwarded-Server",
                "X-Forwarded-Prefix",
                "X-Forwarded-User",
                "X-Original-URL",
                "X-Rewrite-URL",
                "X-Original-URI",
                "X-Original-Method",
                "X-Original-Forwarded-For",
                "X-Original-Forwarded-Host",
                "ssl-client-cert",
                "SSL-Client-Verify"
            })
    void endsHere(String name) {
        assertThat(sent(name, "evil").fields()).doesNotContainKey(name.toLowerCase(Locale.ROOT));
        assertThat(sent(name.toUpperCase(Locale.ROOT).replace('-', '_'), "evil").fields())
                .doesNotContainKey(name.toLowerCase(Locale.ROOT).replace('-', '_'));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X_Real_IP",
                "x_forwarded_for",
                "X-Forwarded_Proto",
                "ssl_client_verify",
                "X_Request_ID",
                "proxy_"
            })
    void underscoreVariantsOfWhatWeVouchForEndHere(String name) {
        boolean ordinary = name.equals("proxy_");
        assertThat(sent(name, "evil").fields().containsKey(name.toLowerCase(Locale.ROOT)))
                .isEqualTo(ordinary);
        bench.settings(TestSettings.trusting("203.0.113.0/24"));
        assertThat(sent(name, "evil").fields().containsKey(name.toLowerCase(Locale.ROOT)))
                .isEqualTo(ordinary);
    }

    @Test
    void nominatedNamesEndHereButNotWhatARequestDependsOn() {
        Sent sent = sent(
                "Connection",
                "close, X-Hop, Authorization,cookie , X-Real-IP, Host, Content-Type, X-Forwarded-For",
                "connection",
                "keep-alive, x-other",
                "X-Hop",
                "1",
                "x-OTHER",
                "2",
                "X-Stays",
                "3",
                "Authorization",
                "Basic x",
                "Cookie",
                "a=b",
                "Content-Type",
                "text/plain");
        assertThat(sent.fields()).doesNotContainKeys("x-hop", "x-other", "connection");
        assertThat(sent.get("X-Stays")).isEqualTo("3");
        assertThat(sent.get("Authorization")).isEqualTo("Basic x");
        assertThat(sent.get("Cookie")).isEqualTo("a=b");
        assertThat(sent.get("Content-Type")).isEqualTo("text/plain");
        assertThat(sent.get("X-Real-IP")).isEqualTo("203.0.113.7");
        assertThat(sent.get("Host")).isEqualTo("a.example");
    }

    @Test
    void anUntrustedPeerIsTheClient() {
        Sent sent = sent(
                "X-Forwarded-For", "1.2.3.4",
                "X-Forwarded-Host", "myhost",
                "X-Forwarded-Port", "1234",
                "X-Forwarded-Proto", "https",
                "X-Forwarded-Scheme", "https",
                "X-Scheme", "https",
                "X-Real-IP", "1.2.3.4");
        assertThat(sent.get("X-Real-IP")).isEqualTo("203.0.113.7");
        assertThat(sent.get("X-Forwarded-For")).isEqualTo("203.0.113.7");
        assertThat(sent.get("X-Forwarded-Host")).isEqualTo("a.example");
        assertThat(sent.get("X-Forwarded-Port")).isEqualTo("80");
        assertThat(sent.get("X-Forwarded-Proto")).isEqualTo("http");
        assertThat(sent.get("X-Forwarded-Scheme")).isEqualTo("http");
        assertThat(sent.get("X-Scheme")).isEqualTo("http");
        assertThat(sent.fields()).doesNotContainKeys("x-original-forwarded-for", "x-original-forwarded-host");
    }

    @Test
    void ingressNginxTellsWhatTheUntrustedClientClaimed() {
        bench.settings(TestSettings.ingressNginx());
        Sent sent = sent("X-Forwarded-For", "1.2.3.4", "X-Forwarded-For", "5.6.7.8", "X-Forwarded-Host", "myhost");
        assertThat(sent.get("X-Original-Forwarded-For")).isEqualTo("1.2.3.4, 5.6.7.8");
        assertThat(sent.get("X-Original-Forwarded-Host")).isEqualTo("myhost");
        assertThat(sent.get("X-Forwarded-For")).isEqualTo("203.0.113.7");
        assertThat(sent().fields()).doesNotContainKey("x-original-forwarded-for");
    }

    @Test
    void aTrustedPeerSpeaksForItsClient() {
        bench.settings(TestSettings.trusting("203.0.113.0/24", "10.0.0.0/8"));
        Sent sent = sent(
                "X-Forwarded-For", "6.6.6.6, 198.51.100.9",
                "X-Forwarded-For", "10.1.1.1",
                "X-Forwarded-Host", "Public.example",
                "X-Forwarded-Port", "8443",
                "X-Forwarded-Proto", "HTTPS",
                "X-Forwarded-Prefix", "/app",
                "Forwarded", "for=1.2.3.4",
                "ssl-client-verify", "SUCCESS");
        assertThat(sent.get("X-Real-IP")).as("right-most that is not trusted").isEqualTo("198.51.100.9");
        assertThat(sent.get("X-Forwarded-For")).isEqualTo("6.6.6.6, 198.51.100.9, 10.1.1.1, 203.0.113.7");
        assertThat(sent.get("X-Forwarded-Host")).isEqualTo("Public.example");
        assertThat(sent.get("X-Forwarded-Port")).isEqualTo("8443");
        assertThat(sent.get("X-Forwarded-Proto")).isEqualTo("https");
        assertThat(sent.get("X-Forwarded-Prefix")).isEqualTo("/app");
        assertThat(sent.get("Forwarded")).isEqualTo("for=1.2.3.4");
        assertThat(sent.get("ssl-client-verify")).isEqualTo("SUCCESS");
        assertThat(sent.get("Host")).as("never from X-Forwarded-Host").isEqualTo("a.example");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'';203.0.113.7",
                "garbage;203.0.113.7",
                "1.1.1.1, garbage, 10.0.0.2;10.0.0.2",
                "10.0.0.1, 10.0.0.2;10.0.0.1",
                "1.1.1.1,2.2.2.2;2.2.2.2",
                "::ffff:1.1.1.1;1.1.1.1",
                "[2001:DB8:0::1]:99;2001:db8::1",
                "1.1.1.1:1234, ::ffff:10.0.0.9;1.1.1.1",
                ",;203.0.113.7"
            })
    void theClientIsTheRightMostUntrustedHop(String forwardedFor, String client) {
        bench.settings(TestSettings.trusting("203.0.113.7", "10.0.0.0/8"));
        assertThat(sent("X-Forwarded-For", forwardedFor).get("X-Real-IP")).isEqualTo(client);
    }

    @ParameterizedTest
    @CsvSource({
        "gopher, a@b, 0, http, a.example, 80",
        "'', '', 65536, http, a.example, 80",
        "https, '', '', https, a.example, 443",
        "https, b.example:9443, '', https, b.example:9443, 9443",
        "'https, http', 'b.example, c.example', x, https, b.example, 443"
    })
    void aTrustedPeersNonsenseIsNotPassedOn(
            String proto, String host, String port, String sentProto, String sentHost, String sentPort) {
        bench.settings(TestSettings.trusting("203.0.113.7"));
        Sent sent = sent("X-Forwarded-Proto", proto, "X-Forwarded-Host", host, "X-Forwarded-Port", port);
        assertThat(sent.get("X-Forwarded-Proto")).isEqualTo(sentProto);
        assertThat(sent.get("X-Forwarded-Host")).isEqualTo(sentHost);
        assertThat(sent.get("X-Forwarded-Port")).isEqualTo(sentPort);
    }

    @Test
    void mappedPeersAreWhatTheyAre() {
        bench.settings(TestSettings.trusting("10.0.0.0/8")).from("::ffff:10.1.2.3", true, 8443);
        Sent sent = sent("X-Forwarded-For", "192.0.2.1");
        assertThat(sent.get("X-Real-IP")).isEqualTo("192.0.2.1");
        assertThat(sent.get("X-Forwarded-For")).isEqualTo("192.0.2.1, 10.1.2.3");
        assertThat(sent.get("X-Forwarded-Proto")).isEqualTo("https");
        assertThat(sent.get("X-Forwarded-Port")).isEqualTo("8443");
        bench.from("not an address\r\n", false, 80);
        assertThat(sent("X-Forwarded-For", "192.0.2.1").get("X-Forwarded-For")).isEqualTo("unknown");
        bench.from("[FE80::1%eth0]", false, 80);
        assertThat(sent().get("X-Real-IP")).isEqualTo("fe80::1");
    }

    @Test
    void requestIdsAreKeptOrMade() {
        assertThat(sent("X-Request-ID", "abc-1.2:3/4+5=6@7~8_9").get("X-Request-ID"))
                .isEqualTo("abc-1.2:3/4+5=6@7~8_9");
        for (String bad : new String[] {"", "a b", "a\"b", "{x}", "x".repeat(129), "\u00e9"}) {
            assertThat(sent("X-Request-ID", bad).get("X-Request-ID")).matches("[0-9a-f]{32}");
        }
        Exchange exchange = bench.open(ArrayHead.to("/", withHost()));
        Forward forward = (Forward) exchange.start();
        String id = Sent.of(forward).get("X-Request-ID");
        assertThat(id).matches("[0-9a-f]{32}").isEqualTo(exchange.requestId().toString());
        Forward second = (Forward)
                exchange.upstreamFailed(new UpstreamFailure(UpstreamFailure.Kind.CONNECT, false, false, true, ""));
        assertThat(Sent.of(second).get("X-Request-ID"))
                .as("the same on every attempt")
                .isEqualTo(id);
        assertThat(sent().get("X-Request-ID")).isNotEqualTo(id);
    }

    @ParameterizedTest
    @CsvSource({
        "websocket, Upgrade, '', '', websocket",
        "WebSocket/13, 'keep-alive, upgrade', '', '', WebSocket/13",
        "websocket, Upgrade, 0, '', websocket",
        "websocket, Upgrade, 5, '', ",
        "websocket, Upgrade, '', chunked, ",
        "websocket, keep-alive, '', '', ",
        "h2c, Upgrade, '', '', ",
        "'websocket, h2c', Upgrade, '', '', ",
        "we b, Upgrade, '', '', "
    })
    void upgrades(String upgrade, String connection, String length, String encoding, String expected) {
        String[] framing = length.isEmpty() ? new String[] {"X-None", ""} : new String[] {"Content-Length", length};
        String[] chunked =
                encoding.isEmpty() ? new String[] {"X-No", ""} : new String[] {"Transfer-Encoding", encoding};
        ArrayHead head = ArrayHead.to(
                "/",
                withHost("Upgrade", upgrade, "Connection", connection, framing[0], framing[1], chunked[0], chunked[1]));
        Forward forward = bench.forward(head);
        assertThat(forward.upgrade()).isEqualTo(expected);
        Sent sent = Sent.of(forward);
        assertThat(sent.get("Upgrade")).isEqualTo(expected);
        assertThat(sent.get("Connection")).isEqualTo(expected == null ? null : "Upgrade");
        assertThat(bench.forward(head.over(HttpVersion.HTTP_1_0)).upgrade()).isNull();
    }

    @Test
    void upstreamsOfHttp2CannotSwitch() {
        Backend h2c = new Backend("default", "h2", "80", Protocol.H2C, shop.pool(), "", 503, null);
        bench.route("h.example", "/", new Workbench.Plan(h2c));
        Exchange exchange = bench.open(ArrayHead.to(
                "/", "Host", "h.example", "Upgrade", "websocket", "Connection", "upgrade", "TE", "trailers"));
        Forward forward = (Forward) exchange.start();
        assertThat(forward.upgrade()).isNull();
        assertThat(Sent.of(forward).fields())
                .doesNotContainKeys("upgrade", "connection")
                .containsKey("te");
        assertThat(exchange.upstreamHead(ArrayHead.response(101), true)).isInstanceOf(Reply.class);
    }

    @Test
    void trailersAreAcceptedAndNothingElseOfTe() {
        Sent sent = sent("TE", "gzip, Trailers;q=0.5", "Connection", "TE");
        assertThat(sent.get("TE")).isEqualTo("trailers");
        assertThat(sent.get("Connection")).isEqualTo("TE");
        assertThat(sent("TE", "gzip").fields()).doesNotContainKeys("te", "connection");
    }

    @Test
    void rewritesReplaceThePathAndKeepTheQuery() {
        PathRegex regex = PathRegex.path("/api(/|$)(.*)");
        bench.route("r.example", "/", new Workbench.Plan(shop).rewrite(new Rewrite("/$2", regex)));
        bench.route("p.example", "/", new Workbench.Plan(shop).rewrite(new Rewrite("plain", null)));
        assertThat(bench.sent(ArrayHead.to("/api/x/y?q=1", "Host", "r.example")).target())
                .isEqualTo("/x/y?q=1");
        assertThat(bench.sent(ArrayHead.to("/api", "Host", "r.example")).target())
                .isEqualTo("/");
        assertThat(bench.sent(ArrayHead.to("/api/x", "Host", "p.example")).target())
                .isEqualTo("/plain");
    }

    @Test
    void aRewriteCannotClimbOut() {
        PathRegex regex = PathRegex.path("/files(.*)");
        bench.route("r.example", "/", new Workbench.Plan(shop).rewrite(new Rewrite("/$1", regex)));
        assertThat(bench.reply(ArrayHead.to("/files../secret", "Host", "r.example"))
                        .reason())
                .isEqualTo("bad-rewrite");
        assertThat(bench.sent(ArrayHead.to("/files/a", "Host", "r.example")).target())
                .isEqualTo("/a");
    }

    @Test
    void refusingPathsIsForClientsNotForRewrites() {
        PathRegex regex = PathRegex.path("/files(.*)");
        bench.route("r.example", "/", new Workbench.Plan(shop).rewrite(new Rewrite("/$1", regex)));
        bench.settings(TestSettings.paths(Settings.PathMode.REJECT));
        assertThat(bench.sent(ArrayHead.to("/files/a", "Host", "r.example")).target())
                .isEqualTo("/a");
        assertThat(bench.reply(ArrayHead.to("/files//a", "Host", "r.example")).reason())
                .isEqualTo("bad-target");
    }

    @Test
    void aFallbackGetsTheOriginalPath() {
        Backend main = Workbench.backend("main", bench.pool("main", 0), shop);
        bench.route("f.example", "/", new Workbench.Plan(main).rewrite(new Rewrite("/new", null)));
        assertThat(bench.sent(ArrayHead.to("/old?q", "Host", "f.example")).target())
                .isEqualTo("/old?q");
    }

    @Provide
    Arbitrary<List<Map.Entry<String, String>>> fields() {
        Arbitrary<String> names = Arbitraries.of(
                "Accept",
                "X-A",
                "x_a",
                "Connection",
                "TE",
                "Upgrade",
                "X-Forwarded-For",
                "x_forwarded_for",
                "Forwarded",
                "Cookie",
                "X-Request-ID",
                "Transfer-Encoding",
                "Content-Length",
                "Proxy",
                "Expect",
                "X-Real-IP",
                "ssl-client-verify");
        Arbitrary<String> values = Arbitraries.of(
                "close",
                "X-A",
                "x_a, Cookie",
                "trailers",
                "websocket",
                "upgrade",
                "1.2.3.4",
                "x",
                "",
                ",",
                "keep-alive, te");
        return Combinators.combine(names, values).as(Map::entry).list().ofMaxSize(8);
    }

    /** Whatever an untrusted client sends: each field that we vouch for is there once, with our value. */
    @Property(tries = 200)
    void aClientCannotForgeOrRemoveIdentity(@ForAll("fields") List<Map.Entry<String, String>> fields) {
        String[] flat = fields.stream()
                .flatMap(field -> java.util.stream.Stream.of(field.getKey(), field.getValue()))
                .toArray(String[]::new);
        Sent sent = sent(flat);
        assertThat(sent.get("X-Forwarded-For")).isEqualTo("203.0.113.7");
        assertThat(sent.get("X-Real-IP")).isEqualTo("203.0.113.7");
        assertThat(sent.get("Host")).isEqualTo("a.example");
        assertThat(sent.fields().get("x-request-id")).hasSize(1);
        assertThat(sent.fields())
                .doesNotContainKeys(
                        "forwarded",
                        "x_forwarded_for",
                        "proxy",
                        "expect",
                        "transfer-encoding",
                        "content-length",
                        "ssl-client-verify");
        assertThat(sent.get("Connection")).isIn(null, "Upgrade", "TE", "Upgrade, TE");
        boolean cookie = fields.stream().anyMatch(field -> field.getKey().equals("Cookie"));
        assertThat(sent.fields().containsKey("cookie")).isEqualTo(cookie);
    }
}
