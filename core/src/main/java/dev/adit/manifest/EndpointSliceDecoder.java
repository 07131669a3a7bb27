package dev.adit.manifest;

import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Effect;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads and checks EndpointSlices (k8s.io/kubernetes, pkg/apis/discovery/validation). */
final class EndpointSliceDecoder {
    private static final int MOST_ENDPOINTS = 1000;
    private static final int MOST_ADDRESSES = 100;
    private static final int MOST_PORTS = 100;
    private static final String FQDN = "FQDN";
    private static final String IPV6 = "IPv6";
    private static final List<String> ADDRESS_TYPES = List.of("IPv4", IPV6, FQDN);
    private static final Set<String> FIELDS =
            Set.of("apiVersion", "kind", "metadata", "addressType", "endpoints", "ports");
    private static final Set<String> ENDPOINT_FIELDS = Set.of(
            "addresses", "conditions", "hostname", "targetRef", "deprecatedTopology", "nodeName", "zone", "hints");
    private static final Set<String> CONDITION_FIELDS = Set.of("ready", "serving", "terminating");
    private static final Set<String> PORT_FIELDS = Set.of("name", "protocol", "port", "appProtocol");

    private final Fields object;
    private final Findings findings;

    private EndpointSliceDecoder(Fields object) {
        this.object = object;
        this.findings = object.findings();
    }

    static EndpointSlice decode(Fields object, Metadata metadata, @Nullable Fields old) {
        return new EndpointSliceDecoder(object).decode(metadata, old);
    }

    private EndpointSlice decode(Metadata metadata, @Nullable Fields old) {
        object.known(FIELDS);
        String addressType = object.text("addressType");
        if (addressType.isEmpty()) {
            object.required("addressType", "A slice needs an addressType: " + String.join(", ", ADDRESS_TYPES) + ".");
        } else if (!ADDRESS_TYPES.contains(addressType)) {
            object.notSupported("addressType", addressType, ADDRESS_TYPES);
        }
        if (old != null && !old.text("addressType").equals(addressType)) {
            object.invalid("addressType", "The addressType of a slice cannot change.", "make another slice");
        }
        return new EndpointSlice(metadata, addressType, endpoints(addressType), ports());
    }

    private List<EndpointSlice.Endpoint> endpoints(String addressType) {
        List<Fields> written = object.objects("endpoints");
        if (written.size() > MOST_ENDPOINTS) {
            tooMany(object, "endpoints", MOST_ENDPOINTS);
            return List.of();
        }
        List<EndpointSlice.Endpoint> endpoints = new ArrayList<>(written.size());
        for (Fields fields : written) {
            int mark = findings.mark();
            EndpointSlice.Endpoint endpoint = endpoint(fields, addressType);
            if (!findings.leaveOut(mark, Effect.IGNORED)) {
                endpoints.add(endpoint);
            }
        }
        return List.copyOf(endpoints);
    }

    private EndpointSlice.Endpoint endpoint(Fields fields, String addressType) {
        fields.known(ENDPOINT_FIELDS);
        List<Fields.Item> addresses = fields.texts("addresses");
        if (addresses.isEmpty()) {
            fields.required("addresses", "An endpoint needs at least one address.");
        } else if (addresses.size() > MOST_ADDRESSES) {
            tooMany(fields, "addresses", MOST_ADDRESSES);
        }
        for (Fields.Item address : addresses) {
            checkAddress(address, addressType);
        }
        checkName(fields, "hostname", true);
        checkName(fields, "nodeName", false);
        Fields conditions = fields.objectOrEmpty("conditions");
        conditions.known(CONDITION_FIELDS);
        return new EndpointSlice.Endpoint(
                addresses.stream().map(Fields.Item::text).toList(),
                conditions.bool("ready"),
                conditions.bool("serving"),
                conditions.bool("terminating"),
                fields.objectOrEmpty("targetRef").text("uid"),
                fields.text("zone"));
    }

    private void checkAddress(Fields.Item address, String addressType) {
        if (!ADDRESS_TYPES.contains(addressType)) {
            return;
        }
        String text = address.text();
        String problem = addressType.equals(FQDN)
                ? Names.fullyQualified(text)
                : Addresses.problem(text, addressType.equals(IPV6));
        if (problem != null) {
            String message = Names.quoted(text) + " " + problem + ".";
            findings.error(Code.INVALID, address.field(), address.position(), message, "");
            return;
        }
        String special = addressType.equals(FQDN) ? null : Addresses.special(text);
        if (special != null) {
            // Local development lives on loopback: a server would refuse the slice, here it serves.
            findings.report(
                    Code.INVALID,
                    address.field(),
                    address.position(),
                    Names.quoted(text) + " " + special + ", which a cluster refuses for endpoints.",
                    "");
        }
    }

    private static void checkName(Fields fields, String name, boolean label) {
        String text = fields.textOrNull(name);
        if (text != null) {
            fields.check(name, text, label ? Names.label(text) : Names.subdomain(text));
        }
    }

    private List<EndpointSlice.Port> ports() {
        List<Fields> written = object.objects("ports");
        if (written.size() > MOST_PORTS) {
            tooMany(object, "ports", MOST_PORTS);
            return List.of();
        }
        Set<String> names = new HashSet<>();
        List<EndpointSlice.Port> ports = new ArrayList<>(written.size());
        for (Fields fields : written) {
            int mark = findings.mark();
            EndpointSlice.Port port = port(fields, names);
            if (!findings.leaveOut(mark, Effect.IGNORED) && isUsable(fields, port)) {
                ports.add(port);
            }
        }
        return List.copyOf(ports);
    }

    private static EndpointSlice.Port port(Fields fields, Set<String> names) {
        fields.known(PORT_FIELDS);
        String name = fields.text("name");
        if (!name.isEmpty()) {
            fields.check("name", name, Names.label(name));
        }
        if (!names.add(name)) {
            fields.invalid("name", "Another port of the slice is named " + Names.quoted(name) + " as well.");
        }
        String appProtocol = fields.textOrNull("appProtocol");
        if (appProtocol != null) {
            fields.check("appProtocol", appProtocol, Names.qualifiedName(appProtocol));
        }
        return new EndpointSlice.Port(
                name, fields.integer("port"), Protocols.protocol(fields), appProtocol == null ? "" : appProtocol);
    }

    /** The API server lets any number pass, but nothing can listen on most of them. */
    private boolean isUsable(Fields fields, EndpointSlice.Port port) {
        Integer number = port.port();
        String problem = number == null ? null : Names.portNumber(number);
        if (problem != null) {
            findings.ignoredField(
                    Code.INVALID,
                    fields.path("port"),
                    fields.position("port"),
                    Names.quoted(String.valueOf(number)) + " " + problem + ".",
                    "");
        }
        return problem == null;
    }

    private void tooMany(Fields fields, String name, int most) {
        findings.error(
                Code.LIMIT_EXCEEDED,
                fields.path(name),
                fields.position(name),
                "There may be at most " + most + " " + name + " here.",
                "");
    }
}
