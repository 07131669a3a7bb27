package dev.adit.manifest;

import dev.adit.diagnostic.Effect;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the part of a Service that routing needs, and checks that part (k8s.io/kubernetes, pkg/apis/core/validation). */
final class ServiceDecoder {
    private static final String EXTERNAL_NAME = "ExternalName";
    private static final List<String> TYPES = List.of("ClusterIP", "NodePort", "LoadBalancer", EXTERNAL_NAME);

    private ServiceDecoder() {}

    static Service decode(Fields object, Metadata metadata, @Nullable Fields old) {
        Fields spec = object.objectOrEmpty("spec");
        String typeText = spec.text("type");
        String type = typeText.isEmpty() ? TYPES.get(0) : typeText;
        if (!TYPES.contains(type)) {
            spec.notSupported("type", type, TYPES);
        }
        String externalName = type.equals(EXTERNAL_NAME) ? spec.text("externalName") : "";
        if (type.equals(EXTERNAL_NAME)) {
            checkExternalName(spec, externalName);
        }
        return new Service(metadata, type, spec.text("clusterIP"), externalName, ports(spec));
    }

    private static void checkExternalName(Fields spec, String name) {
        String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        if (plain.isEmpty()) {
            spec.required("externalName", "A Service of type ExternalName needs an externalName.");
        } else {
            spec.check("externalName", name, Names.subdomain(plain));
        }
    }

    private static List<Service.Port> ports(Fields spec) {
        List<Service.Port> ports = new ArrayList<>();
        for (Fields fields : spec.objects("ports")) {
            int mark = fields.findings().mark();
            Service.Port port = port(fields);
            if (!fields.findings().leaveOut(mark, Effect.IGNORED)) {
                ports.add(port);
            }
        }
        return List.copyOf(ports);
    }

    private static Service.Port port(Fields fields) {
        String name = fields.text("name");
        if (!name.isEmpty()) {
            fields.check("name", name, Names.label(name));
        }
        Integer port = fields.integer("port");
        if (port == null) {
            fields.required("port", "A port needs its number.");
        } else {
            fields.check("port", Integer.toString(port), Names.portNumber(port));
        }
        Integer targetPort = fields.isNumber("targetPort") ? fields.integer("targetPort") : null;
        String targetPortName = fields.isNumber("targetPort") ? "" : fields.text("targetPort");
        if (targetPort != null && targetPort != 0) {
            fields.check("targetPort", Integer.toString(targetPort), Names.portNumber(targetPort));
        } else if (!targetPortName.isEmpty()) {
            fields.check("targetPort", targetPortName, Names.portName(targetPortName));
        }
        return new Service.Port(
                name,
                port == null ? 0 : port,
                Protocols.protocol(fields),
                targetPort == null ? 0 : targetPort,
                targetPortName,
                fields.text("appProtocol"));
    }
}
