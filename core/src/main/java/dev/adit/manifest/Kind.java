package dev.adit.manifest;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The kinds that Adit reads, each with its decoder. */
enum Kind {
    INGRESS("Ingress", "networking.k8s.io", true, IngressDecoder::decode),
    INGRESS_CLASS("IngressClass", "networking.k8s.io", false, IngressClassDecoder::decode),
    SERVICE("Service", "", true, ServiceDecoder::decode),
    ENDPOINT_SLICE("EndpointSlice", "discovery.k8s.io", true, EndpointSliceDecoder::decode),
    SECRET("Secret", "", true, SecretDecoder::decode),
    CONFIG_MAP("ConfigMap", "", true, ConfigMapDecoder::decode);

    /** The version of every kind here. */
    static final String VERSION = "v1";

    /** The group in which Ingresses began. */
    private static final String OLD_INGRESS_GROUP = "extensions";

    private final String text;
    private final String group;
    private final boolean namespaced;
    private final Decoder decoder;

    /** Makes a resource of the fields of an object. */
    interface Decoder {
        /**
         * Reads the fields that this kind has; what is wrong with them goes to their findings.
         *
         * @param old the object that this one replaces; null if it is created
         * @return null if findings say that the object is of no use
         */
        @Nullable
        Resource decode(Fields object, Metadata metadata, @Nullable Fields old);
    }

    Kind(String text, String group, boolean namespaced, Decoder decoder) {
        this.text = text;
        this.group = group;
        this.namespaced = namespaced;
        this.decoder = decoder;
    }

    /** The kind in manifests. */
    String text() {
        return text;
    }

    /** Whether objects of this kind stand in a namespace. */
    boolean namespaced() {
        return namespaced;
    }

    Decoder decoder() {
        return decoder;
    }

    /** The {@code apiVersion} of this kind. */
    String apiVersion() {
        return group.isEmpty() ? VERSION : group + "/" + VERSION;
    }

    /** The kind of that name in the group of {@code apiVersion}, whatever version that is; null if there is none. */
    static @Nullable Kind of(String apiVersion, String kind) {
        int slash = apiVersion.indexOf('/');
        String group = slash < 0 ? "" : apiVersion.substring(0, slash);
        for (Kind k : values()) {
            boolean moved = k == INGRESS && group.equals(OLD_INGRESS_GROUP);
            if (k.text.equals(kind) && (k.group.equals(group) || moved)) {
                return k;
            }
        }
        return null;
    }

    /**
     * The kind that was probably meant by a kind that is none of these: another spelling, or another group of
     * Kubernetes itself. Other projects have kinds of the same names, which mean something else; then null.
     */
    static @Nullable Kind meantBy(String apiVersion, String kind) {
        Set<String> names = Arrays.stream(values()).map(Kind::text).collect(Collectors.toSet());
        String nearest = Names.nearest(kind, names);
        for (Kind k : values()) {
            boolean near = !Names.nearest(apiVersion, Set.of(k.apiVersion())).isEmpty();
            if (k.text.equals(nearest) && (near || isOfKubernetes(apiVersion) || !kind.equals(nearest))) {
                return k;
            }
        }
        return null;
    }

    /** Groups without a dot and those below k8s.io are of Kubernetes itself. */
    static boolean isOfKubernetes(String apiVersion) {
        String group = Names.upTo('/', apiVersion);
        return group.indexOf('.') < 0 || group.endsWith(".k8s.io");
    }
}
