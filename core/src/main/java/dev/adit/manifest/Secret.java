package dev.adit.manifest;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A v1 Secret. Its values never appear in {@link #toString()}. */
public final class Secret implements Resource {
    /** The type of a Secret that holds a certificate chain and its key. */
    public static final String TLS_TYPE = "kubernetes.io/tls";

    private final Metadata metadata;
    private final String type;
    private final Map<String, byte[]> data;

    /**
     * @param type {@code Opaque} if absent
     * @param data decoded values by key; copied
     */
    public Secret(Metadata metadata, String type, Map<String, byte[]> data) {
        this.metadata = metadata;
        this.type = type;
        Map<String, byte[]> copy = new LinkedHashMap<>();
        data.forEach((key, value) -> copy.put(key, value.clone()));
        this.data = copy;
    }

    @Override
    public Metadata metadata() {
        return metadata;
    }

    /** The Secret's type, such as {@code kubernetes.io/tls}. */
    public String type() {
        return type;
    }

    /** Whether the Secret has a value for {@code key}. */
    public boolean has(String key) {
        return data.containsKey(key);
    }

    /** A copy of the value of {@code key}, or null if there is none. */
    public byte @Nullable [] get(String key) {
        byte[] value = data.get(key);
        return value == null ? null : value.clone();
    }

    @Override
    public boolean equals(Object o) {
        if (!(o instanceof Secret s)
                || !metadata.equals(s.metadata)
                || !type.equals(s.type)
                || !data.keySet().equals(s.data.keySet())) {
            return false;
        }
        return data.entrySet().stream().allMatch(e -> Arrays.equals(e.getValue(), s.data.get(e.getKey())));
    }

    @Override
    public int hashCode() {
        return metadata.hashCode();
    }

    @Override
    public String toString() {
        return "Secret " + metadata.path() + " " + data.keySet();
    }
}
