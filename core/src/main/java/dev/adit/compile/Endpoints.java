package dev.adit.compile;

import dev.adit.balancer.Endpoint;
import dev.adit.balancer.Member;
import dev.adit.manifest.EndpointSlice;
import dev.adit.manifest.Service;
import java.util.ArrayList;
import java.util.Collections;
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
    static List<Member> of(Service.Port port, List<EndpointSlice> slices) {
        Map<String, Member> ready = new LinkedHashMap<>();
        Map<String, Member> draining = new LinkedHashMap<>();
        sort(port, slices, ready, draining);
        return List.copyOf((ready.isEmpty() ? draining : ready).values());
    }

    /** The same for sticky sessions: with those that terminate but keep the sessions they have. */
    static List<Member> ofSessions(Service.Port port, List<EndpointSlice> slices) {
        Map<String, Member> ready = new LinkedHashMap<>();
        Map<String, Member> draining = new LinkedHashMap<>();
        sort(port, slices, ready, draining);
        List<Member> members = new ArrayList<>(ready.values());
        draining.forEach((authority, member) -> {
            if (!ready.containsKey(authority)) {
                members.add(member.withDraining(true));
            }
        });
        return Collections.unmodifiableList(members);
    }

    /** Both by authority: while an address passes from one pod to another, it may be listed as the old and as the new one's. */
    private static void sort(
            Service.Port port, List<EndpointSlice> slices, Map<String, Member> ready, Map<String, Member> draining) {
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
                Member member = Member.of(endpoint).withZone(e.zone());
                if (isReady) {
                    ready.putIfAbsent(endpoint.authority(), member);
                } else if (isServing && isTerminating) {
                    draining.putIfAbsent(endpoint.authority(), member);
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
