package dev.adit.exchange;

import dev.adit.policy.PathRegex;
import dev.adit.tls.ClientAuthority;
import dev.adit.tls.ClientAuthority.Verdict;
import dev.adit.tls.ClientChain;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.naming.InvalidNameException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLSession;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * What the client of a connection showed in its handshake, and what was found out about it: that is remembered, since most connections bring
 * more than one request. A verdict stands as long as the same authority is asked and nothing in it is over. Safe for any number of threads.
 */
final class ClientCertificate {
    /** Nothing was shown. */
    static final ClientCertificate NONE = new ClientCertificate(() -> ClientChain.NONE);

    /** What OpenSSL calls attributes that RFC 2253 has no word for. */
    private static final Map<String, String> KEYWORDS = Map.of("1.2.840.113549.1.9.1", "emailAddress");

    private static final Base64.Encoder BASE64 = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private final Supplier<ClientChain> shown;
    private volatile @Nullable ClientChain chain;
    private volatile @Nullable Judged judged;
    private volatile @Nullable Texts texts;

    private record Judged(ClientAuthority by, Verdict verdict) {}

    /** What upstreams are told, in ASCII. */
    record Texts(String subject, String issuer, String pem) {}

    ClientCertificate(Supplier<ClientChain> shown) {
        this.shown = shown;
    }

    static ClientCertificate of(SSLSession session) {
        return new ClientCertificate(() -> ClientChain.of(session));
    }

    private ClientChain chain() {
        ClientChain known = chain;
        if (known == null) {
            known = shown.get();
            chain = known;
        }
        return known;
    }

    /** What {@code authority} says of it. */
    Verdict verdict(ClientAuthority authority, Instant now) {
        Judged last = judged;
        if (last == null || last.by != authority || !now.isBefore(last.verdict.until())) {
            last = new Judged(authority, authority.verify(chain(), now));
            judged = last;
        }
        return last.verdict;
    }

    /** Whether it has a common name, and {@code pattern} matches {@code CN=} and each that it has. */
    boolean isNamed(PathRegex pattern) {
        X509Certificate leaf = chain().leaf();
        List<String> names = leaf == null ? List.of() : commonNames(leaf.getSubjectX500Principal());
        return !names.isEmpty() && names.stream().allMatch(name -> pattern.matches("CN=" + name));
    }

    private static List<String> commonNames(X500Principal subject) {
        List<String> names = new ArrayList<>();
        try {
            for (Rdn rdn : new LdapName(subject.getName(X500Principal.RFC2253)).getRdns()) {
                Attribute name = rdn.toAttributes().get("CN");
                for (int i = 0; name != null && i < name.size(); i++) {
                    names.add(name.get(i) instanceof String text ? text : "");
                }
            }
        } catch (InvalidNameException e) {
            return List.of();
        } catch (NamingException e) {
            throw new IllegalStateException("attributes in memory cannot fail", e);
        }
        return names;
    }

    /** What upstreams are told, or null if there is no certificate that can be read. */
    @Nullable
    Texts texts() {
        Texts known = texts;
        X509Certificate leaf = chain().leaf();
        if (known == null && leaf != null) {
            known = new Texts(
                    text(leaf.getSubjectX500Principal()), text(leaf.getIssuerX500Principal()), escapedPem(leaf));
            texts = known;
        }
        return known;
    }

    /** RFC 2253 section 2.4, where whatever is no visible ASCII is escaped octet by octet: it goes into a header. */
    private static String text(X500Principal name) {
        StringBuilder text = new StringBuilder();
        for (byte octet : name.getName(X500Principal.RFC2253, KEYWORDS).getBytes(StandardCharsets.UTF_8)) {
            if (octet >= 0x20 && octet < 0x7F) {
                text.append((char) octet);
            } else {
                text.append('\\').append(String.format("%02X", octet));
            }
        }
        return text.toString();
    }

    private static String escapedPem(X509Certificate leaf) {
        try {
            String pem = "-----BEGIN CERTIFICATE-----\n" + BASE64.encodeToString(leaf.getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
            return URLEncoder.encode(pem, StandardCharsets.US_ASCII).replace("+", "%20");
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("it was decoded before", e);
        }
    }
}
