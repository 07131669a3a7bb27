package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.policy.Canary;
import dev.adit.policy.PathRegex;
import dev.adit.policy.Redirect;
import dev.adit.route.Backend;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Redirects and canaries. */
class RoutePoliciesTest {
    private final Workbench bench = new Workbench();
    private final Backend main = bench.backend("main", 1);
    private final Backend canary = bench.backend("canary", 1);

    private static String location(Reply reply) {
        return reply.headers().stream()
                .filter(field -> field.getKey().equals("Location"))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    @Test
    void redirectTargets() {
        bench.route(
                "a.example", "/l", new Workbench.Plan(main).redirect(301, new Redirect.Location("http://x.example/y")));
        bench.route("a.example", "/h", new Workbench.Plan(main).redirect(308, new Redirect.Host("www.a.example")));
        bench.route("a.example", "/p", new Workbench.Plan(main).redirect(302, new Redirect.Path("/foo?bar")));
        Reply verbatim = bench.reply(ArrayHead.to("/l/z?q", "Host", "a.example"));
        assertThat(verbatim.status()).isEqualTo(301);
        assertThat(verbatim.reason()).isEqualTo("redirect");
        assertThat(location(verbatim)).isEqualTo("http://x.example/y");
        assertThat(location(bench.reply(ArrayHead.to("/h/%7e//z?q=%7e", "Host", "A.example:8080"))))
                .isEqualTo("http://www.a.example/h/~/z?q=%7e");
        assertThat(location(bench.reply(ArrayHead.to("/p?q", "Host", "a.example:8080"))))
                .isEqualTo("http://a.example:8080/foo?bar");
        bench.from("203.0.113.7", true, 443);
        assertThat(location(bench.reply(ArrayHead.to("/p", "Host", "a.example"))))
                .isEqualTo("https://a.example/foo?bar");
    }

    @Test
    void aRedirectWithoutHostStaysRelative() {
        bench.defaultRoute(new Workbench.Plan(main).redirect(302, new Redirect.Path("/foo")));
        assertThat(location(bench.reply(ArrayHead.to("/").over(HttpVersion.HTTP_1_0))))
                .isEqualTo("/foo");
    }

    @ParameterizedTest
    @CsvSource({
        "redirect.com, /, https://redirect.com/",
        "redirect.com, /a/b?x=1, https://redirect.com/a/b?x=1",
        "Redirect.com.:8080, //a/?, https://redirect.com/a/?",
        "redirect.com, /.well-known/acme-challengeX, https://redirect.com/.well-known/acme-challengeX",
        "redirect.com, /.well-known/acme-challenge/token, ",
        "192.0.2.1:80, /, https://192.0.2.1/",
        "[2001:DB8::1]:80, /x, https://[2001:db8::1]/x"
    })
    void toHttps(String host, String target, String location) {
        bench.route("redirect.com", "/", new Workbench.Plan(main).https(308));
        bench.defaultRoute(new Workbench.Plan(main).https(308));
        Step step = bench.start(ArrayHead.to(target, "Host", host));
        assertThat(step instanceof Reply reply ? location(reply) : null).isEqualTo(location);
        bench.from("203.0.113.7", true, 443);
        assertThat(bench.start(ArrayHead.to(target, "Host", host))).isInstanceOf(Forward.class);
    }

    @Test
    void onlyATrustedPeerCanSayThatTheClientSpokeTls() {
        bench.route("a.example", "/", new Workbench.Plan(main).https(308));
        ArrayHead request = ArrayHead.to(
                "/x", "Host", "a.example", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "p.example:8443");
        assertThat(location(bench.reply(request))).isEqualTo("https://a.example/x");
        ArrayHead plain = ArrayHead.to("/x", "Host", "a.example", "X-Forwarded-Host", "p.example:8443");
        bench.settings(TestSettings.trusting("203.0.113.7"));
        assertThat(bench.start(request)).isInstanceOf(Forward.class);
        assertThat(location(bench.reply(plain))).isEqualTo("https://p.example/x");
        bench.from("203.0.113.7", true, 443);
        assertThat(bench.start(ArrayHead.to("/x", "Host", "a.example", "X-Forwarded-Proto", "http")))
                .isInstanceOf(Reply.class);
    }

    @Test
    void aRedirectToHttpsNeedsAHost() {
        bench.defaultRoute(new Workbench.Plan(main).https(308));
        assertThat(bench.reply(ArrayHead.to("/").over(HttpVersion.HTTP_1_0)).reason())
                .isEqualTo("no-host");
    }

    @Test
    void aRedirectGoesBeforeTheRedirectToHttpsAndBeforeBackends() {
        Backend empty = bench.backend("empty", 0);
        bench.route("a.example", "/", new Workbench.Plan(empty).https(308));
        bench.route(
                "b.example",
                "/",
                new Workbench.Plan(empty).https(308).redirect(301, new Redirect.Location("http://x/")));
        assertThat(bench.reply(ArrayHead.to("/", "Host", "a.example")).status()).isEqualTo(308);
        assertThat(bench.reply(ArrayHead.to("/", "Host", "b.example")).status()).isEqualTo(301);
    }

    private String service(Canary when, String... fields) {
        Workbench fresh = new Workbench();
        fresh.random = bench.random;
        fresh.route("a.example", "/", new Workbench.Plan(main).canary(when, canary));
        String[] all = new String[fields.length + 2];
        all[0] = "Host";
        all[1] = "a.example";
        System.arraycopy(fields, 0, all, 2, fields.length);
        return fresh.forward(ArrayHead.to("/", all)).backend().service();
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', always, canary",
        "'', '', never, main",
        "'', '', other, main",
        "'', '', '', main",
        "v, '', v, canary",
        "v, '', always, main",
        "v, '', never, main",
        "v, x, x, main",
        "'', ^a.c$, abc, canary",
        "'', ^a.c$, always, main"
    })
    void canaryByHeader(String value, String pattern, String sent, String expected) {
        PathRegex regex = pattern.isEmpty() ? null : PathRegex.anywhere(pattern);
        assertThat(service(new Canary("X-Canary", value, regex, "", 0, 100), "x-canary", sent))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "c=always | canary",
                "c=never | main",
                "c=other | main",
                "a=b; c=always; d | canary",
                "a=b;c=always | canary",
                "c = always | canary",
                "C=always | main",
                "xc=always | main",
                "a=c=always | main",
                "c; c=always | canary",
                "c=never; c=always | main",
                "c | main",
                "'' | main",
                "=always | main"
            })
    void canaryByCookie(String cookies, String expected) {
        assertThat(service(new Canary("", "", null, "c", 0, 100), "Cookie", cookies))
                .isEqualTo(expected);
    }

    @Test
    void theFirstCriterionWithAnOpinionDecides() {
        Canary when = new Canary("X-Canary", "", null, "c", 100, 100);
        assertThat(service(when, "X-Canary", "never", "Cookie", "c=always")).isEqualTo("main");
        assertThat(service(when, "X-Canary", "other", "Cookie", "c=never")).isEqualTo("main");
        assertThat(service(when, "X-Canary", "other", "Cookie", "c=other")).isEqualTo("canary");
        assertThat(service(when, "Cookie", "x=y", "Cookie", "c=never")).isEqualTo("main");
        Canary value = new Canary("X-Canary", "v", null, "", 100, 100);
        assertThat(service(value, "X-Canary", "never"))
                .as("no special word here")
                .isEqualTo("canary");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 100, 0, main",
        "100, 100, 99, canary",
        "30, 100, 29, canary",
        "30, 100, 30, main",
        "1, 1000, 0, canary"
    })
    void canaryByWeight(int weight, int total, int drawn, String expected) {
        bench.random = new RandomGenerator() {
            @Override
            public long nextLong() {
                return drawn;
            }

            @Override
            public int nextInt(int bound) {
                assertThat(bound).isEqualTo(total);
                return drawn;
            }
        };
        assertThat(service(new Canary("", "", null, "", weight, total))).isEqualTo(expected);
    }

    @Test
    void aCanaryWithoutEndpointsLeavesItsRequestsToTheMainBackend() {
        Backend empty = bench.backend("canary", 0);
        bench.route("b.example", "/", new Workbench.Plan(main).canary(new Canary("", "", null, "", 100, 100), empty));
        Forward forward = bench.forward(ArrayHead.to("/", "Host", "b.example"));
        assertThat(forward.backend()).isSameAs(main);
        assertThat(Workbench.Sent.of(forward).fields()).doesNotContainKey("x-code");
    }
}
