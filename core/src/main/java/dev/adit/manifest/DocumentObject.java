package dev.adit.manifest;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One object of a document, before it is decoded.
 *
 * @param path where it stands in a list, such as {@code items[2]}; empty if it is the whole document
 * @param apiVersion group and version; empty if absent
 * @param kind empty if absent
 */
record DocumentObject(Value value, String path, String apiVersion, String kind) {
    private static final String LIST = "List";

    /** The objects of a document: itself, or the items of a {@code List}, {@code IngressList} and so on. */
    static List<DocumentObject> of(Value document) {
        List<DocumentObject> objects = new ArrayList<>(1);
        expand(document, "", "", "", objects);
        return objects;
    }

    private static void expand(Value value, String path, String apiVersion, String kind, List<DocumentObject> objects) {
        // The items of an IngressList need not say that they are Ingresses.
        String ownVersion = text(value, "apiVersion", apiVersion);
        String ownKind = text(value, "kind", kind);
        List<Value> items = isList(ownVersion, ownKind, value) ? items(value) : null;
        if (items == null) {
            objects.add(new DocumentObject(value, path, ownVersion, ownKind));
            return;
        }
        String itemKind = ownKind.substring(0, ownKind.length() - LIST.length());
        String itemVersion = itemKind.isEmpty() ? "" : ownVersion;
        for (int i = 0; i < items.size(); i++) {
            String itemPath = (path.isEmpty() ? "" : path + ".") + "items[" + i + "]";
            expand(items.get(i), itemPath, itemVersion, itemKind, objects);
        }
    }

    private static String text(Value value, String field, String otherwise) {
        Value.Entry entry = value instanceof Value.Mapping m ? m.entries().get(field) : null;
        return entry != null && entry.value() instanceof Value.Scalar s && s.type() == Value.Type.TEXT
                ? s.text()
                : otherwise;
    }

    /** The items of a list object; null if it is none, or not a whole one. */
    private static @Nullable List<Value> items(Value value) {
        if (!(value instanceof Value.Mapping list) || !list.duplicates().isEmpty()) {
            return null;
        }
        Value.Entry items = list.entries().get("items");
        if (items == null || (items.value() instanceof Value.Scalar s && s.type() == Value.Type.NULL)) {
            return List.of();
        }
        return items.value() instanceof Value.Sequence sequence ? sequence.items() : null;
    }

    /** Other kinds may end in List as well; theirs are lists only if they have a list of items. */
    private static boolean isList(String apiVersion, String kind, Value value) {
        if (!kind.endsWith(LIST)) {
            return false;
        }
        String itemKind = kind.substring(0, kind.length() - LIST.length());
        if (itemKind.isEmpty() || Kind.of(apiVersion, itemKind) != null) {
            return true;
        }
        Value.Entry items = value instanceof Value.Mapping m ? m.entries().get("items") : null;
        return items != null && items.value() instanceof Value.Sequence;
    }

    /** Whether this is a list whose items cannot be told. */
    boolean isBrokenList() {
        return isList(apiVersion, kind, value);
    }

    /** The kind that Adit reads, whatever its version; null if it is another. */
    @Nullable
    Kind known() {
        return Kind.of(apiVersion, kind);
    }
}
