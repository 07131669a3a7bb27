package dev.adit.manifest;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A discovery.k8s.io/v1 EndpointSlice.
 *
 * @param addressType {@code IPv4}, {@code IPv6} or {@code FQDN}
 */
public record EndpointSlice(Metadata metadata, String addressType, List<Endpoint> endpoints, List<Port> ports)
        implements Resource {
    public EndpointSlice {
        endpoints = List.copyOf(endpoints);
        ports = List.copyOf(ports);
    }

    /** The label that names the Service a slice belongs to. */
    public static final String SERVICE_LABEL = "kubernetes.io/service-name";

    /** The Service this slice belongs to; empty if the label is absent. */
    public String serviceName() {
        return metadata.labels().getOrDefault(SERVICE_LABEL, "");
    }

    /**
     * One endpoint. Conditions are null where absent; see the API for what absence means.
     *
     * @param targetUid uid of the pod behind the address; empty if unknown
     * @param zone empty if unknown
     */
    public record Endpoint(
            List<String> addresses,
            @Nullable Boolean ready,
            @Nullable Boolean serving,
            @Nullable Boolean terminating,
            String targetUid,
            String zone) {
        public Endpoint {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * A port that every endpoint of the slice listens on.
     *
     * @param name empty if unnamed
     * @param port null if the slice does not say
     * @param protocol {@code TCP} if absent
     * @param appProtocol empty if absent
     */
    public record Port(String name, @Nullable Integer port, String protocol, String appProtocol) {}
}
