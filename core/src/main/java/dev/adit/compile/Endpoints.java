package dev.adit.compile;

import dev.adit.balancer.Endpoint;
import dev.adit.balancer.Member;
import dev.adit.manifest.EndpointSlice;
import dev.adit.manifest.Service;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which endpoints serve a Service port: the ready ones of all its slices; if there are none at all, those that still serve
 * while terminating. Not ready and not terminating is never used.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions">Conditions</a>
 */
final class Endpoints {
    private Endpoints() {}

    /** The endpoints of {@code port}, each address and port once, in the order of slices and lists. */
    static List<Endpoint> of(Service.Port port, List<EndpointSlice> slices) {
        Map<String, Endpoint> ready = new LinkedHashMap<>();
        Map<String, Endpoint> draining = new LinkedHashMap<>();
        sort(port, slices, ready, draining);
        return new ArrayList<>((ready.isEmpty() ? draining : ready).values());
    }

    /** The same for sticky sessions: with those that terminate but keep the sessions they have. */
    static List<Member> ofSessions(Service.Port port, List<EndpointSlice> slices) {
        Map<String, Endpoint> ready = new LinkedHashMap<>();
        Map<String, Endpoint> draining = new LinkedHashMap<>();
        sort(port, slices, ready, draining);
        List<Member> members = new ArrayList<>(Member.allOf(new ArrayList<>(ready.values())));
        draining.forEach((authority, endpoint) -> {
            if (!ready.containsKey(authority)) {
                members.add(Member.of(endpoint).withDraining(true));
            }
        });
        return members;
    }

    private static void sort(
            Service.Port port,
            List<EndpointSlice> slices,
            Map<String, Endpoint> ready,
            Map<String, Endpoint> draining) {
        for (EndpointSlice slice : slices) {
            int number = slice.addressType().equals("FQDN") ? 0 : portIn(slice, port);
            if (number < 1 || number > 65535) {
                continue;
            }
            for (EndpointSlice.Endpoint e : slice.endpoints()) {
                // Further addresses have no defined meaning; kube-proxy, too, reads the first only.
                if (e.addresses().isEmpty() || e.addresses().get(0).isEmpty()) {
                    continue;
                }
                boolean isReady = e.ready() == null || e.ready();
                boolean isServing = e.serving() == null ? isReady : e.serving();
                boolean isTerminating = e.terminating() != null && e.terminating();
                Endpoint endpoint = new Endpoint(e.addresses().get(0), number, e.targetUid());
                if (isReady) {
                    ready.putIfAbsent(endpoint.authority(), endpoint);
                } else if (isServing && isTerminating) {
                    draining.putIfAbsent(endpoint.authority(), endpoint);
                }
            }
        }
    }

    /** The number under which {@code slice} offers {@code port}, or 0 if it does not. */
    private static int portIn(EndpointSlice slice, Service.Port port) {
        if (slice.ports().isEmpty()) {
            return port.targetPort();
        }
        for (EndpointSlice.Port p : slice.ports()) {
            if (p.name().equals(port.name()) && p.protocol().equals("TCP")) {
                return p.port() == null ? port.targetPort() : p.port();
            }
        }
        return 0;
    }
}
