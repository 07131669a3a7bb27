package dev.adit.tls;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** Identities made on the spot. */
final class Identities {
    private static final String SUBJECT_ALTERNATIVE_NAMES = "2.5.29.17";
    private static final int DNS_NAME = 0x82;
    private static final X509Bundle AUTHORITY = authority();

    private Identities() {}

    static Identity ecdsa(String label, String... dnsNames) {
        return of(Algorithm.ecp256, label, dnsNames);
    }

    static Identity of(Algorithm algorithm, String label, String... dnsNames) {
        return of(label, bundle(algorithm, dnsNames));
    }

    static Identity of(String label, X509Bundle bundle) {
        return Identity.of(label, bundle.getKeyPair().getPrivate(), bundle.getCertificatePathList());
    }

    static X509Bundle bundle(Algorithm algorithm, String... dnsNames) {
        CertificateBuilder builder =
                new CertificateBuilder().algorithm(algorithm).subject("CN=common-name.test");
        if (dnsNames.length > 0) {
            addDnsNames(builder, dnsNames);
        }
        try {
            return builder.buildIssuedBy(AUTHORITY);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** By hand, since the builder's own way refuses wildcards. */
    static CertificateBuilder addDnsNames(CertificateBuilder builder, String... dnsNames) {
        return builder.addExtensionOctetString(SUBJECT_ALTERNATIVE_NAMES, false, generalNames(dnsNames));
    }

    private static byte[] generalNames(String... dnsNames) {
        return Der.of(
                Der.SEQUENCE,
                Stream.of(dnsNames)
                        .map(name -> Der.of(DNS_NAME, name.getBytes(StandardCharsets.US_ASCII)))
                        .toArray(byte[][]::new));
    }

    private static X509Bundle authority() {
        try {
            return new CertificateBuilder()
                    .subject("CN=throw-away authority")
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
