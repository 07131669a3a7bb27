package dev.adit.compile;

import dev.adit.exchange.AddressFilter;
import dev.adit.manifest.Service;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.util.Locale;

/** Which ExternalName Services may be used: none that names this machine or its neighbourhood outright. Transports check again after resolution. */
final class ExternalNames {
    private ExternalNames() {}

    /** The name to connect to: one trailing dot is legal and dropped. */
    static String host(Service service) {
        String name = service.externalName().toLowerCase(Locale.ROOT);
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    /** Why the Service's name is not used, as the end of a sentence; empty if it is. */
    static String refusal(Service service) {
        String host = host(service);
        if (host.isEmpty()) {
            return "is empty";
        }
        if (host.equals("localhost") || host.endsWith(".localhost")) {
            return "is this machine";
        }
        IPAddress address = new IPAddressString(host).getAddress();
        if (address != null && !AddressFilter.allowsForName(address.toInetAddress())) {
            return "is an address that a name may not lead to: loopback, link-local, multicast or reserved";
        }
        return "";
    }
}
