package dev.adit.manifest;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What every object has.
 *
 * @param namespace empty for a cluster-scoped kind
 * @param name the object's name
 * @param creationTimestamp null in files, where nothing was created yet
 * @param labels never null, iteration order as written
 * @param annotations never null, iteration order as written
 * @param positions where each field stands
 */
public record Metadata(
        String namespace,
        String name,
        @Nullable Instant creationTimestamp,
        Map<String, String> labels,
        Map<String, String> annotations,
        Positions positions) {
    public Metadata {
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    /** Metadata without labels, annotations, age or position: for objects made by a program. */
    public static Metadata of(String namespace, String name) {
        return new Metadata(namespace, name, null, Map.of(), Map.of(), Positions.NONE);
    }

    /** {@code namespace/name}. */
    public String path() {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }
}
