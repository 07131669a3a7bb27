package dev.adit.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.Gateway;
import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Diagnostic;
import dev.adit.manifest.Metadata;
import dev.adit.manifest.ResourceSet;
import dev.adit.manifest.Secret;
import dev.adit.tck.fixture.Proxy;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The OCSP response of a Secret, as clients see it. */
class StaplingTest {
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private static final Instant NEXT = NOW.plus(Duration.ofHours(3));

    private final X509Bundle issuer;
    private final X509Bundle leaf;
    private final AtomicReference<Instant> clock = new AtomicReference<>(NOW);

    StaplingTest() throws Exception {
        issuer = new CertificateBuilder()
                .algorithm(Algorithm.ecp256)
                .subject("CN=Issuer")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        leaf = new CertificateBuilder()
                .algorithm(Algorithm.ecp256)
                .subject("CN=a.test")
                .addSanDnsName("a.test")
                .buildIssuedBy(issuer);
    }

    private byte[] response(Instant thisUpdate, Instant nextUpdate) throws Exception {
        CertificateID id = new CertificateID(
                new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1),
                new X509CertificateHolder(issuer.getCertificate().getEncoded()),
                leaf.getCertificate().getSerialNumber());
        BasicOCSPRespBuilder basic = new BasicOCSPRespBuilder(new RespID(new X500Name("CN=Issuer")));
        basic.addResponse(id, CertificateStatus.GOOD, Date.from(thisUpdate), Date.from(nextUpdate), null);
        return new OCSPRespBuilder()
                .build(
                        OCSPRespBuilder.SUCCESSFUL,
                        basic.build(
                                new JcaContentSignerBuilder("SHA256withECDSA")
                                        .build(issuer.getKeyPair().getPrivate()),
                                null,
                                Date.from(thisUpdate)))
                .getEncoded();
    }

    private ResourceSet resources(byte[] response) {
        String chain = leaf.getCertificatePEM() + issuer.getCertificatePEM();
        return Proxy.resources("""
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: web, namespace: shop}
                spec:
                  tls: [{hosts: [a.test], secretName: a}]
                  defaultBackend: {service: {name: web, port: {number: 80}}}
                """)
                .with(new Secret(
                        Metadata.of("shop", "a"),
                        Secret.TLS_TYPE,
                        Map.of(
                                "tls.crt",
                                chain.getBytes(StandardCharsets.US_ASCII),
                                "tls.key",
                                leaf.getPrivateKeyPEM().getBytes(StandardCharsets.US_ASCII),
                                "tls.ocsp-staple",
                                response)));
    }

    private Gateway gateway(ResourceSet resources) {
        return Gateway.builder().clock(clock::get).resources(resources).build();
    }

    private static List<String> complaints(Gateway gateway) {
        return gateway.compilation().diagnostics().stream()
                .filter(d -> d.code() == Code.OCSP_RESPONSE)
                .map(Diagnostic::message)
                .toList();
    }

    private static List<byte[]> shown(Gateway gateway, TlsEngine engine, String protocol) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        try (NettyGateway server = NettyGateway.builder()
                        .gateway(gateway)
                        .bind(InetAddress.getLoopbackAddress())
                        .https(0)
                        .tlsEngine(engine)
                        .eventLoopThreads(1)
                        .shutdownGrace(Duration.ZERO)
                        .build()
                        .start();
                SSLSocket socket = (SSLSocket)
                        context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.httpsPort())) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName("a.test")));
            parameters.setProtocols(new String[] {protocol});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return ((ExtendedSSLSession) socket.getSession()).getStatusResponses();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.adit.netty.TlsCases#engines")
    void openSslShowsIt(TlsEngine engine) throws Exception {
        byte[] response = response(NOW.minusSeconds(60), NEXT);
        Gateway gateway = gateway(resources(response));

        assertThat(complaints(gateway)).isEmpty();
        for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
            List<byte[]> shown = shown(gateway, engine, protocol);
            if (engine == TlsEngine.OPENSSL) {
                assertThat(shown).as(protocol).containsExactly(response);
            } else {
                assertThat(shown)
                        .as("the JDK's engine shows only what it fetched itself")
                        .isEmpty();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.adit.netty.TlsCases#engines")
    void oneThatCannotBeUsedIsReportedAndCostsNothingElse(TlsEngine engine) throws Exception {
        byte[] old = response(NOW.minus(Duration.ofDays(2)), NOW.minus(Duration.ofDays(1)));
        for (byte[] response : List.of(old, "rubbish".getBytes(StandardCharsets.US_ASCII))) {
            Gateway gateway = gateway(resources(response));

            assertThat(complaints(gateway)).singleElement().asString().contains("Secret shop/a is not stapled: it ");
            assertThat(shown(gateway, engine, "TLSv1.3")).isEmpty();
        }
    }

    @Test
    void oneThatComesEarlyIsUsedFromItsBeginning() throws Exception {
        Instant begin = NOW.plus(Duration.ofHours(2));
        Gateway gateway = gateway(resources(response(begin, NEXT)));
        Instant from = begin.minus(Duration.ofMinutes(15));
        assertThat(complaints(gateway)).singleElement().asString().endsWith("it is not good before " + from + ".");
        assertThat(gateway.compilation().until()).isEqualTo(from);

        clock.set(from);
        gateway.recheck();
        assertThat(complaints(gateway)).isEmpty();
        assertThat(gateway.compilation().until()).isEqualTo(NEXT);
    }

    @Test
    void oneThatEndsIsReportedThen() throws Exception {
        Gateway gateway = gateway(resources(response(NOW.minusSeconds(60), NEXT)));
        assertThat(complaints(gateway)).isEmpty();
        assertThat(gateway.compilation().until()).isEqualTo(NEXT);

        clock.set(NEXT);
        gateway.recheck();

        assertThat(complaints(gateway)).singleElement().asString().endsWith("it was good until " + NEXT + ".");
    }
}
