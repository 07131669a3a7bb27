package dev.adit.manifest;

import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Diagnostic;
import dev.adit.diagnostic.Effect;
import dev.adit.diagnostic.Severity;
import dev.adit.diagnostic.SourcePosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns the objects of documents into resources and diagnostics, and keeps what one costs away from the next. */
final class ObjectDecoder {
    private final boolean lenient;
    private final Map<ObjectKey, Value.Mapping> old;
    private final List<Resource> resources = new ArrayList<>();
    private final List<Diagnostic> diagnostics = new ArrayList<>();

    /** @param old the objects that those to be read replace; empty if they are created */
    ObjectDecoder(boolean lenient, Map<ObjectKey, Value.Mapping> old) {
        this.lenient = lenient;
        this.old = old;
    }

    /** What was decoded so far. */
    Manifests manifests() {
        return new Manifests(resources, diagnostics);
    }

    /** Adds a finding that concerns no object. */
    void report(Diagnostic diagnostic) {
        diagnostics.add(diagnostic);
    }

    /** Decodes one document. */
    void decode(Value document) {
        for (DocumentObject object : DocumentObject.of(document)) {
            decode(object);
        }
    }

    /** The objects of documents by key, not decoded. */
    static Map<ObjectKey, Value.Mapping> index(List<Value> documents) {
        Map<ObjectKey, Value.Mapping> index = new HashMap<>();
        for (Value document : documents) {
            for (DocumentObject object : DocumentObject.of(document)) {
                Kind kind = object.known();
                if (kind != null && object.value() instanceof Value.Mapping mapping) {
                    index.put(MetadataDecoder.key(kind, Fields.of(mapping, Findings.ignored())), mapping);
                }
            }
        }
        return index;
    }

    private void decode(DocumentObject object) {
        if (!(object.value() instanceof Value.Mapping mapping)) {
            refuse(
                    object,
                    Code.WRONG_TYPE,
                    "",
                    "A manifest is an object, but " + object.value().what() + " is written.",
                    "");
            return;
        }
        if (object.kind().isEmpty() || object.apiVersion().isEmpty()) {
            String field = object.kind().isEmpty() ? "kind" : "apiVersion";
            refuse(object, Code.MISSING_KIND, field, "The object does not say its " + field + ".", "");
            return;
        }
        Kind kind = object.known();
        if (object.isBrokenList()) {
            refuse(object, Code.WRONG_TYPE, "items", "A list has one field items, which is a list of objects.", "");
        } else if (kind == null) {
            unsupported(object);
        } else if (!object.apiVersion().equals(kind.apiVersion())) {
            refuse(
                    object,
                    Code.UNSUPPORTED_VERSION,
                    "apiVersion",
                    "The version " + Names.quoted(object.apiVersion()) + " of " + kind.text() + " is not served.",
                    suggestion(kind));
        } else {
            decode(kind, mapping);
        }
    }

    private static String suggestion(Kind kind) {
        String version = "write apiVersion: " + kind.apiVersion();
        return kind == Kind.INGRESS
                ? version + ", a pathType for each path, and service.name and service.port for each backend"
                : version;
    }

    private void decode(Kind kind, Value.Mapping mapping) {
        ObjectKey key = MetadataDecoder.key(kind, Fields.of(mapping, Findings.ignored()));
        Findings findings = new Findings(lenient, key.toString());
        duplicates(mapping, "", findings);
        Fields fields = Fields.of(mapping, findings);
        Value.Mapping before = old.get(key);
        Resource resource = kind.decoder()
                .decode(
                        fields,
                        MetadataDecoder.decode(kind, fields, mapping),
                        before == null ? null : Fields.of(before, Findings.ignored()));
        diagnostics.addAll(findings.diagnostics());
        if (resource != null && !findings.refused()) {
            resources.add(resource);
        }
    }

    private static void duplicates(Value value, String path, Findings findings) {
        if (value instanceof Value.Mapping mapping) {
            for (Value.Duplicate duplicate : mapping.duplicates()) {
                findings.error(
                        Code.DUPLICATE_KEY,
                        Names.printable(join(path, duplicate.key()), 200),
                        duplicate.second(),
                        "The key " + Names.quoted(duplicate.key()) + " is there already at " + duplicate.first() + ".",
                        "keep one of the two");
            }
            mapping.entries().forEach((key, entry) -> duplicates(entry.value(), join(path, key), findings));
        } else if (value instanceof Value.Sequence sequence) {
            for (int i = 0; i < sequence.items().size(); i++) {
                duplicates(sequence.items().get(i), path + "[" + i + "]", findings);
            }
        }
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** Folders of manifests hold much that no gateway needs; only a kind that looks like a slip deserves a warning. */
    private void unsupported(DocumentObject object) {
        String nearest = Names.nearest(object.kind(), Kind.texts());
        Severity severity = nearest.isEmpty() || nearest.equals(object.kind()) ? Severity.INFO : Severity.WARNING;
        report(new Diagnostic(
                severity,
                Code.UNSUPPORTED_KIND,
                label(object),
                "kind",
                position(object, "kind"),
                Names.quoted(object.kind()) + " of " + Names.quoted(object.apiVersion())
                        + " is no kind that is read here.",
                Effect.IGNORED,
                severity == Severity.INFO ? "" : "did you mean " + nearest + "?"));
    }

    private void refuse(DocumentObject object, Code code, String field, String message, String suggestion) {
        report(new Diagnostic(
                Severity.ERROR,
                code,
                label(object),
                join(object.path(), field),
                position(object, field),
                message,
                Effect.REJECTED,
                suggestion));
    }

    private static SourcePosition position(DocumentObject object, String field) {
        Value.Entry entry =
                object.value() instanceof Value.Mapping m ? m.entries().get(field) : null;
        return entry == null ? object.value().position() : entry.value().position();
    }

    private static String label(DocumentObject object) {
        if (object.kind().isEmpty() || !(object.value() instanceof Value.Mapping mapping)) {
            return "";
        }
        Fields metadata = Fields.of(mapping, Findings.ignored()).objectOrEmpty("metadata");
        String name = metadata.text("name");
        String namespace = metadata.text("namespace");
        String path = namespace.isEmpty() ? name : namespace + "/" + name;
        return Names.printable((object.kind() + " " + path).strip(), 600);
    }
}
