package dev.adit.manifest;

import java.util.List;

/**
 * A v1 Service, as far as routing needs it.
 *
 * @param type {@code ClusterIP} if absent
 * @param clusterIp empty if absent, {@code None} for a headless Service
 * @param externalName empty unless the type is {@code ExternalName}
 */
public record Service(Metadata metadata, String type, String clusterIp, String externalName, List<Port> ports)
        implements Resource {
    public Service {
        ports = List.copyOf(ports);
    }

    /**
     * A port that the Service offers.
     *
     * @param name empty if unnamed
     * @param port 1 to 65535
     * @param protocol {@code TCP} if absent
     * @param targetPort 0 if it is a name or absent
     * @param targetPortName empty if it is a number or absent
     * @param appProtocol empty if absent
     */
    public record Port(
            String name, int port, String protocol, int targetPort, String targetPortName, String appProtocol) {}
}
