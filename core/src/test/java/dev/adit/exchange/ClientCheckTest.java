package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.TestRequest;
import dev.adit.exchange.Workbench.Plan;
import dev.adit.exchange.Workbench.Sent;
import dev.adit.policy.ClientAuth;
import dev.adit.policy.ClientAuth.Mode;
import dev.adit.policy.PathRegex;
import dev.adit.tls.CertificateIssuer;
import dev.adit.tls.ClientAuthority;
import dev.adit.tls.ClientChain;
import dev.adit.tls.Identity;
import dev.adit.tls.PemException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hosts whose clients must show a certificate. */
class ClientCheckTest {
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
    private static final Instant FROM = NOW.minus(Duration.ofDays(1));
    private static final Instant UNTIL = NOW.plus(Duration.ofDays(10));
    private static final CertificateIssuer ROOT = CertificateIssuer.root("CN=root,O=Example", FROM, UNTIL);
    private static final CertificateIssuer OTHER = CertificateIssuer.root("CN=other", FROM, UNTIL);
    private static final ClientAuthority AUTHORITY = authority(ROOT);
    private static final ClientChain ALICE = chain(ROOT.client("CN=alice,O=Example", FROM, UNTIL));
    private static final ClientChain MALLORY = chain(OTHER.client("CN=mallory", FROM, UNTIL));
    private static final ClientChain EXPIRED = chain(ROOT.client("CN=late", FROM, NOW.minusSeconds(1)));

    private final Workbench bench = bench();

    private static Workbench bench() {
        Workbench bench = new Workbench();
        bench.clock = () -> NOW;
        return bench.route("m.test", "/", new Plan(bench.backend("app", 1)))
                .route("*.m.test", "/", new Plan(bench.backend("app", 1)))
                .route("free.m.test", "/", new Plan(bench.backend("app", 1)))
                .route("plain.test", "/", new Plan(bench.backend("app", 1)));
    }

    @ParameterizedTest
    @CsvSource({
        "ON, none, 400",
        "ON, alice, 200",
        "ON, mallory, 400",
        "ON, expired, 400",
        "OPTIONAL, none, 200",
        "OPTIONAL, alice, 200",
        "OPTIONAL, mallory, 400",
        "OPTIONAL, expired, 400",
        "OPTIONAL_NO_CA, none, 200",
        "OPTIONAL_NO_CA, alice, 200",
        "OPTIONAL_NO_CA, mallory, 200",
        "OPTIONAL_NO_CA, expired, 400"
    })
    void modesDecideWhoPasses(Mode mode, String shown, int status) {
        bench.clientAuth("m.test", policy(mode)).showing("m.test", chain(shown));
        assertThat(status(TestRequest.get("m.test", "/x"))).isEqualTo(status);
    }

    @Test
    void upstreamsAreToldWhoTheClientIs() {
        bench.clientAuth("m.test", policy(Mode.OPTIONAL_NO_CA));
        Sent good = bench.showing("m.test", ALICE).sent(TestRequest.get("m.test", "/"));
        assertThat(good.get("ssl-client-verify")).isEqualTo("SUCCESS");
        assertThat(good.get("ssl-client-subject-dn")).isEqualTo("CN=alice,O=Example");
        assertThat(good.get("ssl-client-issuer-dn")).isEqualTo("CN=root,O=Example");
        assertThat(good.get("ssl-client-cert")).isNull();
        Sent unknown = bench.showing("m.test", MALLORY).sent(TestRequest.get("m.test", "/"));
        assertThat(unknown.get("ssl-client-verify")).isEqualTo("FAILED:unable to get issuer certificate");
        assertThat(unknown.get("ssl-client-subject-dn")).isEqualTo("CN=mallory");
        Sent none = bench.showing("m.test", ClientChain.NONE).sent(TestRequest.get("m.test", "/"));
        assertThat(none.get("ssl-client-verify")).isEqualTo("NONE");
        assertThat(none.get("ssl-client-subject-dn")).isNull();
    }

    @Test
    void theCertificateIsPassedOnAsEscapedPem() throws Exception {
        Identity bob = ROOT.client("CN=bob", FROM, UNTIL);
        Sent sent = bench.clientAuth("m.test", new ClientAuth(Mode.ON, AUTHORITY, "", "", true, null))
                .showing("m.test", chain(bob))
                .sent(TestRequest.get("m.test", "/"));
        String value = sent.get("ssl-client-cert");
        assertThat(value).startsWith("-----BEGIN%20CERTIFICATE-----%0A").matches("[A-Za-z0-9%_.*-]+");
        assertThat(java.net.URLDecoder.decode(value, StandardCharsets.US_ASCII)).isEqualTo(bob.chainPem());
    }

    @Test
    void namesAreWrittenInVisibleAscii() {
        Identity odd = ROOT.client("CN=\"Zoë, \\\"x\\\"\",OU=a\\0D\\0Assl-client-verify: SUCCESS", FROM, UNTIL);
        Sent sent = bench.clientAuth("m.test", policy(Mode.ON))
                .showing("m.test", chain(odd))
                .sent(TestRequest.get("m.test", "/"));
        assertThat(sent.get("ssl-client-subject-dn"))
                .isEqualTo("CN=Zo\\C3\\AB\\, \\\"x\\\",OU=a\\0D\\0Assl-client-verify: SUCCESS");
    }

    @ParameterizedTest
    @CsvSource({"ssl-client-verify", "SSL-Client-Cert", "ssl_client_subject_dn", "ssl.client.issuer.dn", "ssl-client-x"
    })
    void whatClientsSayAboutThemselvesIsNeverBelieved(String name) {
        bench.clientAuth("m.test", policy(Mode.OPTIONAL));
        for (String host : List.of("m.test", "plain.test")) {
            TestRequest request = TestRequest.get(host, "/");
            request.headers().with(name, "CN=forged");
            assertThat(bench.showing(host, ClientChain.NONE)
                            .sent(request)
                            .fields()
                            .values())
                    .noneMatch(values -> values.contains("CN=forged"));
        }
    }

    @Test
    void notEvenWhatATrustedProxySays() {
        Workbench behind = bench();
        behind.settings(TestSettings.trusting("203.0.113.7")).clientAuth("m.test", policy(Mode.OPTIONAL));
        TestRequest request = TestRequest.get("m.test", "/");
        request.headers().with("ssl-client-verify", "SUCCESS").with("ssl-client-subject-dn", "CN=forged");
        Sent sent = behind.showing("m.test", ClientChain.NONE).sent(request);
        assertThat(sent.get("ssl-client-verify")).isEqualTo("NONE");
        assertThat(sent.get("ssl-client-subject-dn")).isNull();
    }

    @Test
    void nothingIsServedInClearTextWhateverAProxySays() {
        bench.settings(TestSettings.trusting("203.0.113.7"))
                .clientAuth("m.test", policy(Mode.OPTIONAL))
                .from("203.0.113.7", false, 80);
        TestRequest request = TestRequest.get("m.test", "/");
        request.headers().with("X-Forwarded-Proto", "https");
        assertThat(bench.reply(request).status()).isEqualTo(403);
        assertThat(bench.reply(TestRequest.get("m.test", "/.well-known/acme-challenge/x"))
                        .status())
                .isEqualTo(403);
        assertThat(status(TestRequest.get("plain.test", "/"))).isEqualTo(200);
    }

    @Test
    void aRuleForChallengesIsServedInClearText() {
        Workbench renewing = bench();
        renewing.route("m.test", "/.well-known/acme-challenge/x", new Plan(renewing.backend("solver", 1)))
                .clientAuth("m.test", policy(Mode.ON))
                .from("203.0.113.7", false, 80);
        assertThat(renewing.sent(TestRequest.get("m.test", "/.well-known/acme-challenge/x"))
                        .target())
                .isEqualTo("/.well-known/acme-challenge/x");
        assertThat(renewing.reply(TestRequest.get("m.test", "/.well-known/acme-challenge/y"))
                        .status())
                .isEqualTo(403);
        assertThat(renewing.showing("m.test", ClientChain.NONE)
                        .reply(TestRequest.get("m.test", "/.well-known/acme-challenge/x"))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void clearTextIsStillSentToHttps() {
        Workbench redirecting = new Workbench();
        redirecting
                .route("m.test", "/", new Plan(redirecting.backend("app", 1)).https(308))
                .clientAuth("m.test", policy(Mode.ON));
        assertThat(redirecting.reply(TestRequest.get("m.test", "/x")).headers())
                .contains(Map.entry("Location", "https://m.test/x"));
    }

    @ParameterizedTest
    @CsvSource({
        "m.test, m.test, 200",
        "M.Test, m.test:443, 200",
        "m.test, a.m.test, 421",
        "a.m.test, m.test, 421",
        "a.m.test, b.m.test, 421",
        "plain.test, m.test, 421",
        ", m.test, 421",
        "free.m.test, a.m.test, 421",
        "m.test, plain.test, 200",
        "a.m.test, free.m.test, 200",
        "a.m.test, a.m.test, 200"
    })
    void aHostThatIsNotTheServerNameIsAskedForAgain(String serverName, String host, int status) {
        bench.clientAuth("m.test", policy(Mode.ON))
                .clientAuth("*.m.test", policy(Mode.ON))
                .showing(serverName, ALICE);
        assertThat(status(TestRequest.get(host, "/"))).isEqualTo(status);
    }

    @Test
    void whoeverIsNotKnownIsNotToldWhichPathsThereAre() {
        Workbench narrow = new Workbench();
        narrow.clock = () -> NOW;
        narrow.route("m.test", "/app", new Plan(narrow.backend("app", 1))).clientAuth("m.test", policy(Mode.ON));
        assertThat(narrow.showing("m.test", ClientChain.NONE)
                        .reply(TestRequest.get("m.test", "/nowhere"))
                        .status())
                .isEqualTo(400);
        assertThat(narrow.showing("m.test", ALICE)
                        .reply(TestRequest.get("m.test", "/nowhere"))
                        .status())
                .isEqualTo(404);
    }

    @Test
    void nobodyIsServedWhereNobodyIsBelieved() {
        bench.clientAuth("m.test", ClientAuth.denied("no Secret")).showing("m.test", ALICE);
        Reply reply = bench.reply(TestRequest.get("m.test", "/"));
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.reason()).isEqualTo("client-authority-unusable");
    }

    @Test
    void anErrorPageStandsInForARefusal() {
        bench.clientAuth("m.test", new ClientAuth(Mode.ON, AUTHORITY, "", "/sorry", false, null))
                .showing("m.test", ClientChain.NONE);
        Reply sent = bench.reply(TestRequest.get("m.test", "/"));
        assertThat(sent.status()).isEqualTo(302);
        assertThat(sent.headers()).containsExactly(Map.entry("Location", "/sorry"));
        assertThat(sent.close()).isTrue();
        assertThat(bench.reply(TestRequest.get("m.test", "/sorry")).status())
                .as("it would lead to itself")
                .isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "CN=alice, CN=alice, 200",
        "CN=ali, CN=alice, 403",
        "CN=(bob|ali.*), CN=alice, 200",
        "CN=alice, CN=alice2, 403",
        "CN=alice, 'CN=mallory,OU=CN\\=alice', 403",
        "CN=alice, O=CN\\=alice, 403",
        "CN=alice, 'CN=alice+OU=x,O=y', 200",
        "CN=alice, 'CN=mallory,CN=alice', 403"
    })
    void aSubjectMustMatchAsAWhole(String pattern, String subject, int status) {
        bench.clientAuth("m.test", new ClientAuth(Mode.ON, AUTHORITY, "", "", false, PathRegex.whole(pattern)))
                .showing("m.test", chain(ROOT.client(subject, FROM, UNTIL)));
        assertThat(status(TestRequest.get("m.test", "/"))).isEqualTo(status);
    }

    @Test
    void anOpenConnectionIsJudgedAnewByAnotherAuthorityAndWhenItsCertificateIsOver() {
        ClientChain shortLived = chain(ROOT.client("CN=short", FROM, NOW.plusSeconds(5)));
        bench.clientAuth("m.test", policy(Mode.ON)).showing("m.test", shortLived);
        assertThat(status(TestRequest.get("m.test", "/"))).isEqualTo(200);
        bench.clientAuth("m.test", ClientAuth.by(authority(OTHER)));
        assertThat(status(TestRequest.get("m.test", "/"))).isEqualTo(400);
        bench.clientAuth("m.test", policy(Mode.ON));
        assertThat(status(TestRequest.get("m.test", "/"))).isEqualTo(200);
        bench.clock = () -> NOW.plusSeconds(6);
        assertThat(status(TestRequest.get("m.test", "/"))).isEqualTo(400);
    }

    private int status(TestRequest request) {
        Step step = bench.start(request);
        return step instanceof Reply reply ? reply.status() : 200;
    }

    private static ClientAuth policy(Mode mode) {
        return new ClientAuth(mode, AUTHORITY, "", "", false, null);
    }

    private static ClientChain chain(String name) {
        return switch (name) {
            case "alice" -> ALICE;
            case "mallory" -> MALLORY;
            case "expired" -> EXPIRED;
            default -> ClientChain.NONE;
        };
    }

    private static ClientChain chain(Identity identity) {
        return ClientChain.of(identity.chain());
    }

    private static ClientAuthority authority(CertificateIssuer issuer) {
        try {
            return ClientAuthority.fromPem("ca", issuer.certificatePem().getBytes(StandardCharsets.US_ASCII), null);
        } catch (PemException e) {
            throw new AssertionError(e);
        }
    }
}
