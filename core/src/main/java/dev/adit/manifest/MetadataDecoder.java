package dev.adit.manifest;

import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Effect;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads and checks {@code metadata} (k8s.io/apimachinery, pkg/api/validation/objectmeta.go). */
final class MetadataDecoder {
    private static final String DEFAULT_NAMESPACE = "default";
    private static final int ANNOTATION_BYTES = 256 << 10;
    private static final Set<String> FIELDS = Set.of(
            "name",
            "generateName",
            "namespace",
            "selfLink",
            "uid",
            "resourceVersion",
            "generation",
            "creationTimestamp",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "labels",
            "annotations",
            "ownerReferences",
            "finalizers",
            "managedFields");

    private final Kind kind;
    private final Fields fields;
    private final Findings findings;

    private MetadataDecoder(Kind kind, Fields fields) {
        this.kind = kind;
        this.fields = fields;
        this.findings = fields.findings();
    }

    /** What identifies an object, found or not. */
    static ObjectKey key(Kind kind, Fields object) {
        Fields metadata = object.objectOrEmpty("metadata");
        return new ObjectKey(kind.text(), namespace(kind, metadata), metadata.text("name"));
    }

    private static String namespace(Kind kind, Fields metadata) {
        if (!kind.namespaced()) {
            return "";
        }
        String namespace = metadata.text("namespace");
        return namespace.isEmpty() ? DEFAULT_NAMESPACE : namespace;
    }

    /** The metadata of an object; what is wrong with it stands in the findings. */
    static Metadata decode(Kind kind, Fields object, Value.Mapping mapping) {
        MetadataDecoder decoder = new MetadataDecoder(kind, object.objectOrEmpty("metadata"));
        return decoder.decode(Positions.of(mapping));
    }

    private Metadata decode(Positions positions) {
        fields.known(FIELDS);
        return new Metadata(namespace(), name(), creationTimestamp(), labels(), annotations(), positions);
    }

    private String name() {
        String name = fields.text("name");
        if (name.isEmpty()) {
            boolean generated = fields.has("generateName");
            fields.required(
                    "name",
                    generated
                            ? "An object that no server has named needs a name; generateName gives none."
                            : "An object needs a name.");
        } else {
            fields.check("name", name, kind == Kind.SERVICE ? Names.letterFirstLabel(name) : Names.subdomain(name));
        }
        return name;
    }

    private String namespace() {
        String written = fields.text("namespace");
        if (kind.namespaced()) {
            String namespace = namespace(kind, fields);
            fields.check("namespace", namespace, Names.label(namespace));
            return namespace;
        }
        if (!written.isEmpty()) {
            findings.ignoredField(
                    Code.FORBIDDEN,
                    fields.path("namespace"),
                    fields.position("namespace"),
                    "Objects of this kind stand in no namespace.",
                    "leave the namespace out");
        }
        return "";
    }

    private @Nullable Instant creationTimestamp() {
        int mark = findings.mark();
        Instant time = null;
        String text = fields.textOrNull("creationTimestamp");
        if (text != null) {
            try {
                time = OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeException e) {
                fields.invalid("creationTimestamp", Names.quoted(text) + " is no time as RFC 3339 writes it.");
            }
        }
        findings.leaveOut(mark, Effect.IGNORED);
        return time;
    }

    private Map<String, String> labels() {
        int mark = findings.mark();
        Map<String, String> labels = fields.textMap("labels");
        labels.forEach((key, value) -> {
            check("labels", key, key, Names.qualifiedName(key));
            check("labels", key, value, Names.labelValue(value));
        });
        findings.leaveOut(mark, Effect.IGNORED);
        return labels;
    }

    private Map<String, String> annotations() {
        // An annotation may protect a path, so even a lenient reader does without none of them.
        Map<String, String> annotations = fields.textMap("annotations");
        long bytes = 0;
        for (Map.Entry<String, String> e : annotations.entrySet()) {
            check(
                    "annotations",
                    e.getKey(),
                    e.getKey(),
                    Names.qualifiedName(e.getKey().toLowerCase(Locale.ROOT)));
            bytes += e.getKey().getBytes(StandardCharsets.UTF_8).length;
            bytes += e.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        if (bytes > ANNOTATION_BYTES) {
            findings.error(
                    Code.LIMIT_EXCEEDED,
                    fields.path("annotations"),
                    fields.position("annotations"),
                    "All annotations together have more than " + ANNOTATION_BYTES + " bytes.",
                    "");
        }
        return annotations;
    }

    private void check(String map, String key, String value, @Nullable String problem) {
        if (problem != null) {
            findings.error(
                    Code.INVALID,
                    fields.path(map),
                    fields.objectOrEmpty(map).position(key),
                    Names.quoted(value) + " " + problem + ".",
                    "");
        }
    }
}
