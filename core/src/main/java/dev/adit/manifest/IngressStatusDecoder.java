package dev.adit.manifest;

import dev.adit.diagnostic.Code;

/**
 * Checks the status of an Ingress. A server takes it from controllers only and drops it from what users send, so errors
 * in it cost nothing.
 */
final class IngressStatusDecoder {
    private IngressStatusDecoder() {}

    static void check(Fields status) {
        for (Fields address : status.objectOrEmpty("loadBalancer").objects("ingress")) {
            String ip = address.text("ip");
            if (!ip.isEmpty() && !Addresses.isAddress(ip)) {
                report(address, "ip", Names.quoted(ip) + " must be an IP address.");
            }
            String hostname = address.text("hostname");
            if (!hostname.isEmpty() && Addresses.isAddress(hostname)) {
                report(address, "hostname", Names.quoted(hostname) + " is an address; it must be a DNS name.");
            } else if (!hostname.isEmpty() && Names.subdomain(hostname) != null) {
                report(address, "hostname", Names.quoted(hostname) + " " + Names.subdomain(hostname) + ".");
            }
        }
    }

    private static void report(Fields address, String name, String message) {
        address.findings().report(Code.INVALID, address.path(name), address.position(name), message, "");
    }
}
