package dev.adit.tls;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whom a server's certificate is for (RFC 9525): its subject alternative names, DNS names and addresses; never the subject's common name.
 */
final class PeerNames {
    /** GeneralName's tags (RFC 5280 section 4.2.1.6). */
    private static final int DNS_NAME = 2;

    private static final int IP_ADDRESS = 7;

    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})";
    /** What {@link InetAddress} reads without asking anybody: one IPv4 address in full, or whatever has a colon. */
    private static final Pattern LITERAL =
            Pattern.compile(OCTET + "(\\." + OCTET + "){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    /** So many of a certificate's names are enough to see what it is for. */
    private static final int SHOWN = 8;

    private final Set<String> dnsNames = new LinkedHashSet<>();
    private final Set<InetAddress> addresses = new LinkedHashSet<>();

    PeerNames(X509Certificate leaf) throws CertificateParsingException {
        Collection<List<?>> alternatives = leaf.getSubjectAlternativeNames();
        for (List<?> alternative : alternatives == null ? new ArrayList<List<?>>() : alternatives) {
            if (alternative.get(0).equals(DNS_NAME)) {
                String name = ServerName.normalisePattern((String) alternative.get(1));
                if (name != null) {
                    dnsNames.add(name);
                }
            } else if (alternative.get(0).equals(IP_ADDRESS)) {
                InetAddress address = address((String) alternative.get(1));
                if (address != null) {
                    addresses.add(address);
                }
            }
        }
    }

    /** DNS names in lower case, {@code *.parent} among them. */
    Set<String> dnsNames() {
        return dnsNames;
    }

    /** Whether it is for {@code peer}: an address, or a name, also by a wildcard over its first label (RFC 9525 section 6.3). */
    boolean cover(String peer) {
        InetAddress address = address(peer);
        if (address != null) {
            return addresses.contains(address);
        }
        String name = ServerName.normalise(peer);
        if (name == null) {
            return false;
        }
        int dot = name.indexOf('.');
        return dnsNames.contains(name) || dot > 0 && dnsNames.contains("*" + name.substring(dot));
    }

    static boolean isAddress(@Nullable String text) {
        return text != null && address(text) != null;
    }

    private static @Nullable InetAddress address(String text) {
        try {
            return LITERAL.matcher(text).matches() ? InetAddress.getByName(text) : null;
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /** For logs. */
    @Override
    public String toString() {
        List<String> all = new ArrayList<>(dnsNames);
        addresses.forEach(address -> all.add(address.getHostAddress()));
        if (all.isEmpty()) {
            return "nobody";
        }
        String shown = String.join(", ", all.subList(0, Math.min(SHOWN, all.size())));
        return all.size() > SHOWN ? shown + " and " + (all.size() - SHOWN) + " more" : shown;
    }
}
