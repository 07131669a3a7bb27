package dev.adit.tls;

import java.net.Socket;
import java.security.InvalidAlgorithmParameterException;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whether an endpoint's certificate is trusted, by the rules of {@link ClientTls}. Remembers why not, engine by engine, since no server
 * passes on what an engine says. Safe for any number of threads.
 */
final class EndpointTrust extends X509ExtendedTrustManager {
    private static final String SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
    private static final String ANY_PURPOSE = "2.5.29.37.0";
    private static final String BASIC_CONSTRAINTS = "2.5.29.19";

    /** Bits of the key usage extension (RFC 5280 section 4.2.1.3). */
    private static final int DIGITAL_SIGNATURE = 0;

    private static final int KEY_ENCIPHERMENT = 2;
    private static final int CERTIFICATE_SIGNATURE = 5;

    private final @Nullable List<X509Certificate> trusted;
    private final int depth;
    private final @Nullable String name;
    private final InstantSource clock;
    private final Map<SSLEngine, String> distrusted = Collections.synchronizedMap(new WeakHashMap<>());

    /** @param trusted null to trust everybody */
    EndpointTrust(@Nullable List<X509Certificate> trusted, int depth, @Nullable String name, InstantSource clock) {
        this.trusted = trusted;
        this.depth = depth;
        this.name = name;
        this.clock = clock;
    }

    boolean verifies() {
        return trusted != null;
    }

    @Nullable
    String distrust(SSLEngine engine) {
        return distrusted.get(engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        if (trusted == null) {
            return;
        }
        String peer = name == null ? String.valueOf(engine.getPeerHost()) : name;
        try {
            verify(chain, authType, peer, trusted);
        } catch (CertificateException e) {
            distrusted.put(engine, String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private void verify(X509Certificate[] chain, String authType, String peer, List<X509Certificate> authorities)
            throws CertificateException {
        X509Certificate leaf = chain[0];
        Instant now = clock.instant();
        PeerNames names = new PeerNames(leaf);
        String subject = "the endpoint's certificate, for " + names + ",";
        if (!isValid(leaf, now)) {
            throw new CertificateException(
                    subject + " is valid from " + leaf.getNotBefore().toInstant() + " to "
                            + leaf.getNotAfter().toInstant());
        }
        if (!isForServers(leaf, authType)) {
            throw new CertificateException(subject + " may not be used by a server");
        }
        if (!authorities.contains(leaf)) {
            String problem = problemOfChain(chain, authorities, now);
            if (!problem.isEmpty()) {
                throw new CertificateException(subject + " " + problem);
            }
        }
        if (!names.cover(peer)) {
            throw new CertificateException(subject + " is not for " + peer);
        }
    }

    private String problemOfChain(X509Certificate[] chain, List<X509Certificate> authorities, Instant now)
            throws CertificateException {
        Set<TrustAnchor> anchors = authorities.stream()
                .filter(authority -> isAuthority(authority) && isValid(authority, now))
                .map(authority -> new TrustAnchor(authority, null))
                .collect(Collectors.toSet());
        if (anchors.isEmpty()) {
            return "cannot be verified: none of the certificates to trust is a valid authority's";
        }
        if (leadsTo(anchors, chain, depth, now)) {
            return "";
        }
        return leadsTo(anchors, chain, chain.length, now)
                ? "has more than " + depth + " certificates between it and a trusted one"
                : "is not issued by a trusted authority";
    }

    /** By PKIX (RFC 5280 section 6), without revocation. */
    private static boolean leadsTo(Set<TrustAnchor> anchors, X509Certificate[] chain, int intermediates, Instant now)
            throws CertificateException {
        X509CertSelector leaf = new X509CertSelector();
        leaf.setCertificate(chain[0]);
        try {
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, leaf);
            parameters.addCertStore(
                    CertStore.getInstance("Collection", new CollectionCertStoreParameters(List.of(chain))));
            parameters.setRevocationEnabled(false);
            parameters.setMaxPathLength(intermediates);
            parameters.setDate(Date.from(now));
            CertPathBuilder.getInstance("PKIX").build(parameters);
            return true;
        } catch (CertPathBuilderException e) {
            return false;
        } catch (NoSuchAlgorithmException | InvalidAlgorithmParameterException e) {
            throw new CertificateException("this Java platform cannot verify certificates", e);
        }
    }

    private static boolean isValid(X509Certificate certificate, Instant now) {
        return !now.isBefore(certificate.getNotBefore().toInstant())
                && !now.isAfter(certificate.getNotAfter().toInstant());
    }

    private static boolean isForServers(X509Certificate leaf, String authType) throws CertificateParsingException {
        List<String> purposes = leaf.getExtendedKeyUsage();
        boolean[] usage = leaf.getKeyUsage();
        // Only where the client sends the secret that the server's key decrypts, is that key not one that signs.
        int use = authType.equals("RSA") ? KEY_ENCIPHERMENT : DIGITAL_SIGNATURE;
        return (purposes == null || purposes.contains(SERVER_AUTHENTICATION) || purposes.contains(ANY_PURPOSE))
                && (usage == null || usage[use]);
    }

    /** Whether it may sign others: it says so, or is too old to say anything. */
    private static boolean isAuthority(X509Certificate certificate) {
        boolean[] usage = certificate.getKeyUsage();
        boolean silent = certificate.getExtensionValue(BASIC_CONSTRAINTS) == null
                && (certificate.getVersion() < 3 || usage != null && usage[CERTIFICATE_SIGNATURE]);
        return certificate.getBasicConstraints() >= 0 || silent;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        if (trusted != null) {
            throw new CertificateException("only engines tell who was to be spoken to");
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("it is not clients that are judged here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    /** None: it is not clients that are judged here. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
