package dev.adit.manifest;

import java.util.List;

/** The transport protocol of ports. */
final class Protocols {
    private static final String DEFAULT = "TCP";
    private static final List<String> SUPPORTED = List.of(DEFAULT, "UDP", "SCTP");

    private Protocols() {}

    /** The checked {@code protocol} of a port; TCP if it is absent. */
    static String protocol(Fields port) {
        String protocol = port.textOrNull("protocol");
        if (protocol == null) {
            return DEFAULT;
        }
        if (!SUPPORTED.contains(protocol)) {
            port.notSupported("protocol", protocol, SUPPORTED);
        }
        return protocol;
    }
}
