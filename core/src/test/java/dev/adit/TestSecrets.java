package dev.adit;

import dev.adit.manifest.Ingress;
import dev.adit.manifest.Metadata;
import dev.adit.manifest.Resource;
import dev.adit.manifest.Secret;
import dev.adit.tls.Identity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Secrets with throw-away certificates. */
public final class TestSecrets {
    private TestSecrets() {}

    /** A TLS Secret whose certificate covers {@code names}. */
    public static Secret tls(String namespace, String name, List<String> names) {
        Instant now = Instant.now();
        return tls(namespace, name, names, now.minusSeconds(60), now.plus(Duration.ofDays(90)));
    }

    /** A TLS Secret whose certificate covers {@code names} for a time. */
    public static Secret tls(String namespace, String name, List<String> names, Instant notBefore, Instant notAfter) {
        Identity identity = Identity.selfSigned("", names, notBefore, notAfter);
        return new Secret(Metadata.of(namespace, name), Secret.TLS_TYPE, data(identity));
    }

    /** What a Secret holds that has an identity: {@code tls.crt} and {@code tls.key}. */
    public static Map<String, byte[]> data(Identity identity) {
        String key = Base64.getMimeEncoder().encodeToString(identity.key().getEncoded());
        String pem = "-----BEGIN PRIVATE KEY-----\n" + key + "\n-----END PRIVATE KEY-----\n";
        Map<String, byte[]> data = new LinkedHashMap<>();
        data.put("tls.crt", identity.chainPem().getBytes(StandardCharsets.US_ASCII));
        data.put("tls.key", pem.getBytes(StandardCharsets.US_ASCII));
        return data;
    }

    /** A TLS Secret with the throw-away certificate and key {@code file}, both of {@code shop.test}. */
    public static Secret tlsOfFile(String namespace, String name, String file) {
        Path directory = Path.of("src/test/resources/throwaway-keys");
        try {
            Map<String, byte[]> data = new LinkedHashMap<>();
            data.put("tls.crt", Files.readAllBytes(directory.resolve(file + ".crt")));
            data.put("tls.key", Files.readAllBytes(directory.resolve(file + ".key")));
            return new Secret(Metadata.of(namespace, name), Secret.TLS_TYPE, data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For every TLS section the Secret it names, with a certificate for its hosts. */
    public static List<Secret> forTlsSections(List<Resource> resources) {
        List<Secret> secrets = new ArrayList<>();
        for (Resource r : resources) {
            if (r instanceof Ingress ingress) {
                for (Ingress.Tls tls : ingress.tls()) {
                    if (!tls.secretName().isEmpty()) {
                        secrets.add(tls(ingress.metadata().namespace(), tls.secretName(), tls.hosts()));
                    }
                }
            }
        }
        return secrets;
    }
}
