package dev.adit.manifest;

import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Diagnostic;
import dev.adit.diagnostic.Effect;
import dev.adit.diagnostic.Severity;
import dev.adit.diagnostic.SourcePosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns the objects of documents into resources and diagnostics, and keeps what one costs away from the next. */
final class ObjectDecoder {
    private final boolean lenient;
    private final Map<ObjectKey, Value.Mapping> old;
    private final List<Resource> resources = new ArrayList<>();
    private final List<Diagnostic> diagnostics = new ArrayList<>();
    private int unlisted;

    /** @param old the objects that those to be read replace; empty if they are created */
    ObjectDecoder(boolean lenient, Map<ObjectKey, Value.Mapping> old) {
        this.lenient = lenient;
        this.old = old;
    }

    /** The resources decoded so far. */
    List<Resource> resources() {
        return resources;
    }

    /** What was decoded. */
    Manifests manifests() {
        if (unlisted == 0) {
            return new Manifests(resources, diagnostics);
        }
        List<Diagnostic> all = new ArrayList<>(diagnostics);
        all.add(new Diagnostic(
                Severity.ERROR,
                Code.TOO_COMPLEX,
                "",
                "",
                SourcePosition.UNKNOWN,
                unlisted + " more findings are not listed.",
                Effect.NONE,
                ""));
        return new Manifests(resources, all);
    }

    /** Adds a finding; those beyond a limit are only counted. */
    void report(Diagnostic diagnostic) {
        if (diagnostics.size() < Limits.DIAGNOSTICS) {
            diagnostics.add(diagnostic);
        } else {
            unlisted++;
        }
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
        Findings findings = new Findings(lenient, key.name().isEmpty() ? kind.text() : key.toString());
        duplicates(mapping, new ArrayDeque<>(), findings);
        Fields fields = Fields.of(mapping, findings);
        Value.Mapping before = old.get(key);
        Resource resource = kind.decoder()
                .decode(
                        fields,
                        MetadataDecoder.decode(kind, fields, mapping),
                        before == null ? null : Fields.of(before, Findings.ignored()));
        findings.diagnostics().forEach(this::report);
        if (resource != null && !findings.refused()) {
            resources.add(resource);
        }
    }

    private static void duplicates(Value value, Deque<String> path, Findings findings) {
        if (value instanceof Value.Mapping mapping) {
            for (Value.Duplicate duplicate : mapping.duplicates()) {
                findings.error(
                        Code.DUPLICATE_KEY,
                        (String.join("", path) + "." + Names.printable(duplicate.key(), 100)).substring(1),
                        duplicate.second(),
                        "The key " + Names.quoted(duplicate.key()) + " is there already at " + duplicate.first() + ".",
                        "keep one of the two");
            }
            mapping.entries().forEach((key, entry) -> {
                path.addLast("." + Names.printable(key, 100));
                duplicates(entry.value(), path, findings);
                path.removeLast();
            });
        } else if (value instanceof Value.Sequence sequence) {
            for (int i = 0; i < sequence.items().size(); i++) {
                path.addLast("[" + i + "]");
                duplicates(sequence.items().get(i), path, findings);
                path.removeLast();
            }
        }
    }

    private static String join(String path, String key) {
        return path.isEmpty() || key.isEmpty() ? path + key : path + "." + key;
    }

    /** Folders of manifests hold much that no gateway needs; only what looks like a slip deserves more than a note. */
    private void unsupported(DocumentObject object) {
        Kind meant = Kind.meantBy(object.apiVersion(), object.kind());
        Severity severity = Kind.isOfKubernetes(object.apiVersion()) ? Severity.ERROR : Severity.WARNING;
        report(new Diagnostic(
                meant == null ? Severity.INFO : severity,
                Code.UNSUPPORTED_KIND,
                label(object),
                join(object.path(), "kind"),
                position(object, "kind"),
                Names.quoted(object.kind()) + " of " + Names.quoted(object.apiVersion())
                        + " is no kind that is read here.",
                meant != null && severity == Severity.ERROR ? Effect.REJECTED : Effect.IGNORED,
                meant == null ? "" : "did you mean " + meant.text() + " of " + meant.apiVersion() + "?"));
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
