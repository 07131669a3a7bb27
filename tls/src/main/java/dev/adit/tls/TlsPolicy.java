package dev.adit.tls;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Which protocol versions and cipher suites a server takes. Whatever it says, suites give forward secrecy, and nothing older than TLS 1.2
 * is spoken (RFC 8996).
 *
 * @param protocols {@code TLSv1.3}, {@code TLSv1.2} or both; not empty
 * @param cipherSuites by their IANA names, the server's favourite first; those of TLS 1.3 among them; not empty
 * @param serverPreference whether the server's order decides, rather than the client's
 */
public record TlsPolicy(List<String> protocols, List<String> cipherSuites, boolean serverPreference) {
    private static final String TLS_1_3 = "TLSv1.3";
    private static final String TLS_1_2 = "TLSv1.2";

    private static final List<String> SUITES_OF_1_3 =
            List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

    private static final String SEPARATOR = "[:, ]+";

    /** OpenSSL's names of what may be asked for in TLS 1.2, and IANA's; authenticated encryption first. */
    private static final Map<String, String> SUITES_OF_1_2 = suites();

    /** RFC 9325 section 4.2: forward secrecy and authenticated encryption. */
    private static final List<String> RECOMMENDED = List.of(
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    /** TLS 1.3 and 1.2, for every client of the last ten years. The default. */
    public static final TlsPolicy INTERMEDIATE =
            new TlsPolicy(List.of(TLS_1_3, TLS_1_2), concat(SUITES_OF_1_3, RECOMMENDED), true);

    /** TLS 1.3 only. */
    public static final TlsPolicy MODERN = new TlsPolicy(List.of(TLS_1_3), SUITES_OF_1_3, true);

    /** @throws IllegalArgumentException for a version or suite that is not taken, or if there is none */
    public TlsPolicy {
        protocols = List.copyOf(protocols);
        cipherSuites = List.copyOf(cipherSuites);
        if (protocols.isEmpty() || cipherSuites.isEmpty()) {
            throw new IllegalArgumentException("no protocol version, or no cipher suite");
        }
        for (String protocol : protocols) {
            if (!protocol.equals(TLS_1_3) && !protocol.equals(TLS_1_2)) {
                throw new IllegalArgumentException(protocol + " is not taken, only TLSv1.2 and TLSv1.3");
            }
        }
        for (String suite : cipherSuites) {
            if (!SUITES_OF_1_3.contains(suite) && !SUITES_OF_1_2.containsValue(suite)) {
                throw new IllegalArgumentException(suite + " is not taken");
            }
        }
    }

    private static Map<String, String> suites() {
        Map<String, String> suites = new TreeMap<>();
        for (String key : List.of("ECDSA", "RSA")) {
            suites.put("ECDHE-" + key + "-AES128-GCM-SHA256", "TLS_ECDHE_" + key + "_WITH_AES_128_GCM_SHA256");
            suites.put("ECDHE-" + key + "-AES256-GCM-SHA384", "TLS_ECDHE_" + key + "_WITH_AES_256_GCM_SHA384");
            suites.put("ECDHE-" + key + "-CHACHA20-POLY1305", "TLS_ECDHE_" + key + "_WITH_CHACHA20_POLY1305_SHA256");
            suites.put("ECDHE-" + key + "-AES128-SHA256", "TLS_ECDHE_" + key + "_WITH_AES_128_CBC_SHA256");
            suites.put("ECDHE-" + key + "-AES256-SHA384", "TLS_ECDHE_" + key + "_WITH_AES_256_CBC_SHA384");
            suites.put("ECDHE-" + key + "-AES128-SHA", "TLS_ECDHE_" + key + "_WITH_AES_128_CBC_SHA");
            suites.put("ECDHE-" + key + "-AES256-SHA", "TLS_ECDHE_" + key + "_WITH_AES_256_CBC_SHA");
        }
        return suites;
    }

    private static List<String> concat(List<String> first, List<String> second) {
        Set<String> all = new LinkedHashSet<>(first);
        all.addAll(second);
        return List.copyOf(all);
    }

    /**
     * This policy with other protocol versions.
     *
     * @param names {@code TLSv1.2}, {@code TLSv1.3}, or both with blanks or commas between them
     * @throws IllegalArgumentException if it names another version, or none
     */
    public TlsPolicy withProtocols(String names) {
        Set<String> versions = new LinkedHashSet<>(split(names, "[ ,]+"));
        List<String> newestFirst = new ArrayList<>(versions);
        newestFirst.sort((a, b) -> b.compareTo(a));
        return new TlsPolicy(newestFirst, cipherSuites, serverPreference);
    }

    /**
     * This policy with other cipher suites of TLS 1.2. Those of TLS 1.3 stay unless some of them are named: lists for OpenSSL do not
     * speak of them.
     *
     * @param names suites by OpenSSL's or IANA's names, with colons, commas or blanks between them, the favourite first
     * @throws IllegalArgumentException for a name that is not known or not taken, which includes OpenSSL's key words such as
     *     {@code HIGH}; the message says which
     */
    public TlsPolicy withCiphers(String names) {
        List<String> suites = new ArrayList<>();
        for (String name : split(names, SEPARATOR)) {
            String suite = SUITES_OF_1_2.getOrDefault(name, name);
            if (!SUITES_OF_1_3.contains(suite) && !SUITES_OF_1_2.containsValue(suite)) {
                throw new IllegalArgumentException("'" + name + "' is none of "
                        + String.join(", ", SUITES_OF_1_2.keySet()) + ", and no suite of TLS 1.3");
            }
            suites.add(suite);
        }
        boolean named = suites.stream().anyMatch(SUITES_OF_1_3::contains);
        return new TlsPolicy(
                protocols, named ? concat(suites, List.of()) : concat(SUITES_OF_1_3, suites), serverPreference);
    }

    /** The names in a list for {@link #withCiphers} that this would not take. */
    public static List<String> unknownCiphers(String names) {
        return Stream.of(names.split(SEPARATOR))
                .filter(name -> !name.isEmpty()
                        && !SUITES_OF_1_3.contains(name)
                        && !SUITES_OF_1_2.containsKey(name)
                        && !SUITES_OF_1_2.containsValue(name))
                .toList();
    }

    /** This policy with another answer to whose order decides. */
    public TlsPolicy withServerPreference(boolean decides) {
        return new TlsPolicy(protocols, cipherSuites, decides);
    }

    private static List<String> split(String names, String separator) {
        List<String> parts = new ArrayList<>(List.of(names.split(separator)));
        parts.removeIf(String::isEmpty);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("names nothing");
        }
        return parts;
    }
}
