package dev.adit.manifest;

import java.util.Map;

/** A v1 ConfigMap. */
public record ConfigMap(Metadata metadata, Map<String, String> data) implements Resource {}
