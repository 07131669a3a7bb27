package dev.adit.manifest;

import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.SourcePosition;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads and checks Secrets (k8s.io/kubernetes, pkg/apis/core/validation). No value ever reaches a message. */
final class SecretDecoder {
    private static final String DEFAULT_TYPE = "Opaque";
    private static final int MOST_BYTES = 1 << 20;

    private final Fields object;
    private final Findings findings;
    private final Map<String, byte[]> data = new LinkedHashMap<>();

    private SecretDecoder(Fields object) {
        this.object = object;
        this.findings = object.findings();
    }

    static Secret decode(Fields object, Metadata metadata, @Nullable Fields old) {
        return new SecretDecoder(object).decode(metadata, old);
    }

    private Secret decode(Metadata metadata, @Nullable Fields old) {
        String type = type(object);
        if (old != null && !type(old).equals(type)) {
            object.invalid("type", "The type of a Secret cannot change.", "delete the Secret first");
        }
        Fields encoded = object.objectOrEmpty("data");
        object.textMap("data").forEach((key, text) -> put(key, encoded.position(key), decoded(key, encoded, text)));
        Fields plain = object.objectOrEmpty("stringData");
        object.textMap("stringData")
                .forEach((key, text) -> put(key, plain.position(key), text.getBytes(StandardCharsets.UTF_8)));
        checkSize();
        required(type);
        return new Secret(metadata, type, data);
    }

    private static String type(Fields object) {
        String type = object.text("type");
        return type.isEmpty() ? DEFAULT_TYPE : type;
    }

    private void put(String key, SourcePosition position, byte[] value) {
        String problem = Names.configKey(key);
        if (problem != null) {
            String message = Names.quoted(key) + " " + problem + ".";
            findings.error(Code.INVALID, field(Names.printable(key, 80)), position, message, "");
        }
        data.put(key, value);
    }

    private byte[] decoded(String key, Fields encoded, String text) {
        // As the API does, line breaks inside are skipped and padding must be there.
        byte[] value = base64(text.replace("\n", "").replace("\r", ""));
        if (value == null) {
            findings.error(
                    Code.INVALID,
                    field(Names.printable(key, 80)),
                    encoded.position(key),
                    "The value is not base64.",
                    "move plain text to stringData");
            return new byte[0];
        }
        return value;
    }

    private static byte @Nullable [] base64(String text) {
        try {
            return text.length() % 4 == 0 ? Base64.getDecoder().decode(text) : null;
        } catch (IllegalArgumentException e) {
            // Its message quotes the value, so only the fact is passed on.
            return null;
        }
    }

    private void checkSize() {
        long size = data.values().stream().mapToLong(value -> value.length).sum();
        if (size > MOST_BYTES) {
            findings.error(
                    Code.LIMIT_EXCEEDED,
                    "data",
                    object.position("data"),
                    "All values together have more than " + MOST_BYTES + " bytes.",
                    "");
        }
    }

    private void required(String type) {
        switch (type) {
            case Secret.TLS_TYPE -> List.of("tls.crt", "tls.key").forEach(this::require);
            case "kubernetes.io/dockercfg" -> require(".dockercfg");
            case "kubernetes.io/dockerconfigjson" -> require(".dockerconfigjson");
            case "kubernetes.io/ssh-auth" -> require("ssh-privatekey");
            case "kubernetes.io/basic-auth" -> {
                if (!data.containsKey("username") && !data.containsKey("password")) {
                    List.of("username", "password").forEach(this::require);
                }
            }
            default -> {}
        }
    }

    private void require(String key) {
        if (!data.containsKey(key)) {
            findings.error(
                    Code.REQUIRED,
                    field(key),
                    object.position("data"),
                    "A Secret of this type needs the key " + Names.quoted(key) + ".",
                    "");
        }
    }

    private static String field(String key) {
        return "data[" + key + "]";
    }
}
