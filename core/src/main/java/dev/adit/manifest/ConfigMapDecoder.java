package dev.adit.manifest;

import org.jspecify.annotations.Nullable;

/** Reads ConfigMaps. */
final class ConfigMapDecoder {
    private ConfigMapDecoder() {}

    static ConfigMap decode(Fields object, Metadata metadata, @Nullable Fields old) {
        return new ConfigMap(metadata, object.textMap("data"));
    }
}
