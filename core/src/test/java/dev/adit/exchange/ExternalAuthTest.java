package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.policy.ExternalAuth;
import dev.adit.policy.Retry;
import dev.adit.route.Backend;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may pass is decided by somebody else, and nobody passes without their word. */
class ExternalAuthTest {
    private final Workbench bench = new Workbench();
    private final Backend shop = bench.backend("shop", 1);
    private final Backend auth = bench.backend("auth", 2);

    private Exchange serving(ExternalAuth how, ArrayHead request) {
        bench.route("a.example", "/", new Workbench.Plan(shop).auth(how, auth));
        return bench.open(request);
    }

    private static ExternalAuth how(String signIn, boolean alwaysSetCookie, String... responseHeaders) {
        return new ExternalAuth(
                "GET", "auth.example", "/check?x=y", List.of(responseHeaders), signIn, "rd", alwaysSetCookie);
    }

    private static ConsultAnswer answer(int status, String... fields) {
        return new ConsultAnswer(status, ArrayHead.response(status, fields), new byte[0]);
    }

    private static UpstreamFailure failure(UpstreamFailure.Kind kind, boolean reused) {
        return new UpstreamFailure(kind, true, reused, true, "");
    }

    private static String field(Reply reply, String name) {
        List<String> values = reply.headers().stream()
                .filter(field -> field.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .toList();
        return values.isEmpty() ? null : String.join("|", values);
    }

    @ParameterizedTest
    @CsvSource({
        "200, 0, ''",
        "204, 0, ''",
        "299, 0, ''",
        "300, 500, auth-bad-answer",
        "302, 500, auth-bad-answer",
        "304, 500, auth-bad-answer",
        "400, 500, auth-bad-answer",
        "401, 401, auth-denied",
        "403, 403, auth-denied",
        "404, 500, auth-bad-answer",
        "429, 500, auth-bad-answer",
        "500, 500, auth-bad-answer",
        "599, 500, auth-bad-answer"
    })
    void whatEachAnswerMeans(int said, int status, String reason) {
        Exchange exchange = serving(how("", false), ArrayHead.to("/", "Host", "a.example"));
        Consult consult = (Consult) exchange.start();
        assertThat(consult.answerLimit()).isZero();
        assertThat(bench.inFlight(auth)).isEqualTo(1);
        assertThat(bench.inFlight(shop)).isZero();
        assertThat(exchange.endpoint()).isNull();
        Step step = exchange.consulted(answer(said, "WWW-Authenticate", "Basic realm=x", "Set-Cookie", "a=b"));
        assertThat(bench.inFlight(auth)).isZero();
        assertThat(bench.inFlight(shop)).isEqualTo(status == 0 ? 1 : 0);
        assertThat(step instanceof Reply reply ? reply.status() : 0).isEqualTo(status);
        if (step instanceof Reply reply) {
            assertThat(reply.reason()).isEqualTo(reason);
            assertThat(field(reply, "WWW-Authenticate")).isEqualTo(status == 500 ? null : "Basic realm=x");
            assertThat(field(reply, "Set-Cookie")).isNull();
            assertThat(exchange.status()).isEqualTo(status);
        }
        exchange.close(Outcome.COMPLETED);
        assertThat(bench.inFlight(shop, auth)).isZero();
    }

    @ParameterizedTest
    @EnumSource(UpstreamFailure.Kind.class)
    void nobodyPassesWithoutAnAnswer(UpstreamFailure.Kind kind) {
        bench.route(
                "a.example",
                "/",
                new Workbench.Plan(shop).auth(how("", false), auth).retry(Retry.DEFAULT.withTries(1)));
        Exchange exchange = bench.open(ArrayHead.to("/", "Host", "a.example"));
        exchange.start();
        Reply reply = (Reply) exchange.consultFailed(failure(kind, false));
        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.reason()).isEqualTo("auth-unavailable");
        assertThat(bench.inFlight(shop, auth)).isZero();
    }

    @Test
    void nobodyPassesWithoutAnybodyToAsk() {
        for (Backend nobody : List.of(bench.backend("empty", 0), Backend.none("service-missing", 503))) {
            Workbench fresh = new Workbench();
            fresh.route("a.example", "/", new Workbench.Plan(shop).auth(how("", false), nobody));
            Reply reply = fresh.reply(ArrayHead.to("/", "Host", "a.example"));
            assertThat(reply.status()).isEqualTo(500);
            assertThat(reply.reason()).isEqualTo("auth-unavailable");
        }
    }

    @Test
    void theQuestionIsRepeatedElsewhereThenOnAFreshConnection() {
        Exchange exchange = serving(how("", false), ArrayHead.request("POST", "/", "Host", "a.example"));
        Consult consult = (Consult) exchange.start();
        String first = consult.endpoint().host();
        UpstreamFailure stale = failure(UpstreamFailure.Kind.CLOSED, true);
        Consult second = (Consult) exchange.consultFailed(stale);
        assertThat(second.endpoint().host()).isNotEqualTo(first);
        assertThat(second.freshConnection()).isFalse();
        Consult third = (Consult) exchange.consultFailed(stale);
        assertThat(third.endpoint()).isEqualTo(second.endpoint());
        assertThat(third.freshConnection()).isTrue();
        assertThat(bench.inFlight(auth)).isEqualTo(1);
        assertThat(((Reply) exchange.consultFailed(stale)).status()).isEqualTo(500);
        assertThat(bench.inFlight(auth)).isZero();
        assertThat(exchange.attempts()).isZero();
    }

    @Test
    void whatIsAsked() {
        Exchange exchange = serving(
                how("", false),
                ArrayHead.request(
                        "POST",
                        "/%7Ex?q=1",
                        "Host",
                        "a.example:8080",
                        "Cookie",
                        "session=1",
                        "Authorization",
                        "Bearer x",
                        "Content-Type",
                        "text/plain",
                        "Content-Length",
                        "4",
                        "If-None-Match",
                        "\"x\"",
                        "Range",
                        "bytes=0-1",
                        "X-Original-URL",
                        "/forged",
                        "X_Auth_Request_Redirect",
                        "/forged",
                        "X-Secret",
                        "x",
                        "Connection",
                        "X-Secret, Cookie",
                        "X-Forwarded-Proto",
                        "https"));
        Workbench.Sent sent = Workbench.Sent.of((Consult) exchange.start());
        assertThat(sent.method()).isEqualTo("GET");
        assertThat(sent.target()).isEqualTo("/check?x=y");
        assertThat(sent.fields())
                .containsOnlyKeys(
                        "host",
                        "cookie",
                        "authorization",
                        "x-original-url",
                        "x-original-uri",
                        "x-original-method",
                        "x-auth-request-redirect",
                        "x-sent-from",
                        "x-request-id",
                        "x-real-ip",
                        "x-forwarded-for",
                        "x-scheme");
        assertThat(sent.get("host")).isEqualTo("auth.example");
        assertThat(sent.get("x-original-url")).isEqualTo("http://a.example:8080/~x?q=1");
        assertThat(sent.get("x-original-method")).isEqualTo("POST");
        assertThat(sent.get("x-auth-request-redirect")).isEqualTo("/~x?q=1");
        assertThat(sent.get("x-real-ip")).isEqualTo("203.0.113.7");
    }

    @Test
    void itsFieldsReplaceTheClients() {
        Exchange exchange = serving(
                how("", false, "X-User", "X-Groups", "Authorization", "X-Real-IP"),
                ArrayHead.to(
                        "/",
                        "Host",
                        "a.example",
                        "x_user",
                        "forged",
                        "X-Groups",
                        "forged",
                        "Authorization",
                        "forged",
                        "X-Other",
                        "kept"));
        exchange.start();
        Step step = exchange.consulted(answer(
                200, "x-user", "ada", "X-User", "lovelace", "Authorization", "Bearer t", "X-Real-IP", "6.6.6.6"));
        Workbench.Sent sent = Workbench.Sent.of((Forward) step);
        assertThat(sent.get("x-user")).isEqualTo("ada|lovelace");
        assertThat(sent.get("x_user")).isNull();
        assertThat(sent.get("x-groups")).as("absent in the answer").isNull();
        assertThat(sent.get("authorization")).isEqualTo("Bearer t");
        assertThat(sent.get("x-real-ip")).as("not theirs to say").isEqualTo("203.0.113.7");
        assertThat(sent.get("x-other")).isEqualTo("kept");
    }

    @ParameterizedTest
    @CsvSource({"200, false, true", "302, false, true", "404, false, false", "404, true, true", "500, true, true"})
    void itsCookiesGoToTheClient(int status, boolean always, boolean set) {
        Exchange exchange = serving(how("", always), ArrayHead.to("/", "Host", "a.example"));
        exchange.start();
        exchange.consulted(answer(200, "Set-Cookie", "a=1", "Set-Cookie", "b=2"));
        Relay relay = (Relay) exchange.upstreamHead(ArrayHead.response(status, "Set-Cookie", "c=3"), true);
        assertThat(Workbench.Sent.of(relay).get("set-cookie")).isEqualTo(set ? "c=3|a=1|b=2" : "c=3");
    }

    @Test
    void cookiesOfADenialOnlyIfAlways() {
        Exchange exchange = serving(how("", true), ArrayHead.to("/", "Host", "a.example"));
        exchange.start();
        assertThat(field((Reply) exchange.consulted(answer(403, "Set-Cookie", "a=1")), "Set-Cookie"))
                .isEqualTo("a=1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://in.example/start        | https://in.example/start?rd=http://a.example%2Fx%3Fy%3Dz%2526",
                "https://in.example/start?a=b    | https://in.example/start?a=b&rd=http://a.example%2Fx%3Fy%3Dz%2526",
                "https://in.example/start?rd=/   | https://in.example/start?rd=/",
                "https://in.example/?a=b&rd=/    | https://in.example/?a=b&rd=/",
                "https://in.example/?ard=b       | https://in.example/?ard=b&rd=http://a.example%2Fx%3Fy%3Dz%2526"
            })
    void whoIsUnknownIsSentToSignIn(String url, String location) {
        Exchange exchange = serving(how(url, false), ArrayHead.to("/x?y=z%26", "Host", "a.example"));
        exchange.start();
        Reply reply = (Reply) exchange.consulted(answer(401, "Set-Cookie", "csrf=1", "WWW-Authenticate", "Basic"));
        assertThat(reply.status()).isEqualTo(302);
        assertThat(reply.reason()).isEqualTo("auth-sign-in");
        assertThat(field(reply, "Location")).isEqualTo(location);
        assertThat(field(reply, "Set-Cookie")).isEqualTo("csrf=1");
        assertThat(field(reply, "WWW-Authenticate")).isNull();
    }

    @Test
    void whoIsForbiddenIsNotSentToSignIn() {
        Exchange exchange = serving(how("https://in.example/", false), ArrayHead.to("/", "Host", "a.example"));
        exchange.start();
        assertThat(((Reply) exchange.consulted(answer(403))).status()).isEqualTo(403);
    }

    @Test
    void redirectsGoBeforeAndChallengesPast() {
        bench.route(
                "a.example",
                "/",
                new Workbench.Plan(shop).auth(how("", false), auth).https(308));
        assertThat(bench.start(ArrayHead.to("/", "Host", "a.example"))).isInstanceOf(Reply.class);
        assertThat(bench.start(ArrayHead.to("/.well-known/acme-challenge/x", "Host", "a.example")))
                .isInstanceOf(Forward.class);
        assertThat(bench.start(ArrayHead.to("/.well-known/acme-challengex", "Host", "a.example")))
                .isInstanceOf(Reply.class);
        bench.from("203.0.113.7", true, 443);
        assertThat(bench.start(ArrayHead.to("/", "Host", "a.example"))).isInstanceOf(Consult.class);
    }
}
