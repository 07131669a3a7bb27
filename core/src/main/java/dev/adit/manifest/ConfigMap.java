package dev.adit.manifest;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A v1 ConfigMap.
 *
 * @param data the texts by key, in the order they are written; binary values are not read
 */
public record ConfigMap(Metadata metadata, Map<String, String> data) implements Resource {
    public ConfigMap {
        data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
    }
}
