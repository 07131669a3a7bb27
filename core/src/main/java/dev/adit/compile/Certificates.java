package dev.adit.compile;

import dev.adit.annotation.Findings;
import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Effect;
import dev.adit.manifest.Ingress;
import dev.adit.manifest.ObjectKey;
import dev.adit.manifest.ResourceSet;
import dev.adit.manifest.Secret;
import dev.adit.tls.CertificateTable;
import dev.adit.tls.Identity;
import dev.adit.tls.PemException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * From the Ingresses' TLS sections to the certificate table. A Secret that is missing, broken or does not cover its host
 * costs only that: the default certificate answers instead. Decoded keys are kept for as long as their Secret is the same.
 */
final class Certificates {
    private record Decoded(Secret secret, @Nullable Identity identity, Code code, String problem) {}

    private final @Nullable Identity defaultIdentity;
    private Map<ObjectKey, Decoded> decoded = new HashMap<>();

    Certificates(@Nullable Identity defaultIdentity) {
        this.defaultIdentity = defaultIdentity;
    }

    /** What the TLS sections of some Ingresses amount to. */
    final class Round {
        private final ResourceSet resources;
        private final Findings findings;
        private final Map<ObjectKey, Decoded> used = new HashMap<>();
        private final Map<String, Ingress> ownerOfHost = new HashMap<>();
        /** Algorithms of the keys that a host has certificates for; nothing for one that gets the default. */
        private final Map<String, Set<String>> kindsOfHost = new HashMap<>();

        private final Set<String> wildcardParents = new HashSet<>();
        private final CertificateTable.Builder table = CertificateTable.builder();

        private Round(ResourceSet resources, Findings findings, List<Ingress> ingresses, String defaultSecret) {
            this.resources = resources;
            this.findings = findings;
            table.defaultIdentity(defaultIdentity(defaultSecret));
            for (Ingress ingress : ingresses) {
                for (Ingress.Tls tls : ingress.tls()) {
                    add(ingress, tls);
                }
            }
            decoded = used;
        }

        CertificateTable table() {
            return table.build();
        }

        /** Whether a TLS section names {@code host}, or has a certificate for it. */
        boolean covers(String host, Ingress ingress) {
            if (ownerOfHost.containsKey(host)) {
                return true;
            }
            int dot = host.indexOf('.');
            if (dot > 0 && wildcardParents.contains(host.substring(dot + 1))) {
                return true;
            }
            for (Ingress.Tls tls : ingress.tls()) {
                if (tls.hosts().isEmpty() && !tls.secretName().isEmpty() && !host.isEmpty()) {
                    Decoded d = decode(ingress, tls.secretName());
                    if (d != null && d.identity != null && d.identity.covers(host)) {
                        return true;
                    }
                }
            }
            return false;
        }

        private @Nullable Identity defaultIdentity(String path) {
            int slash = path.indexOf('/');
            if (slash < 0) {
                return Certificates.this.defaultIdentity;
            }
            Secret secret = resources.get(Secret.class, path.substring(0, slash), path.substring(slash + 1));
            Decoded d = secret == null ? null : decode(secret);
            if (d == null || d.identity == null) {
                findings.setting(
                        d == null ? Code.SECRET_MISSING : d.code,
                        "default-ssl-certificate",
                        d == null
                                ? "There is no Secret " + path + "."
                                : "The Secret " + path + " cannot be used: " + d.problem + ".",
                        Effect.DEFAULT_CERTIFICATE);
            }
            return d == null || d.identity == null ? Certificates.this.defaultIdentity : d.identity;
        }

        private void add(Ingress ingress, Ingress.Tls tls) {
            String field = tls.field() + ".secretName";
            Identity identity = null;
            if (!tls.secretName().isEmpty()) {
                Decoded d = decode(ingress, tls.secretName());
                identity = d == null ? null : d.identity;
                if (d == null) {
                    String name = ingress.metadata().namespace() + "/" + tls.secretName();
                    report(ingress, field, Code.SECRET_MISSING, "There is no Secret " + name + ".");
                } else if (identity == null) {
                    report(
                            ingress,
                            field,
                            d.code,
                            "The Secret " + d.secret.metadata().path() + " cannot be used: " + d.problem + ".");
                }
            }
            if (tls.hosts().isEmpty() && identity != null) {
                table.names(identity);
            }
            for (int i = 0; i < tls.hosts().size(); i++) {
                addHost(ingress, tls, tls.hosts().get(i), tls.field() + ".hosts[" + i + "]", identity);
            }
        }

        private void addHost(Ingress ingress, Ingress.Tls tls, String host, String field, @Nullable Identity identity) {
            Ingress owner = ownerOfHost.putIfAbsent(host, ingress);
            if (owner != null) {
                if (isAlternative(host, owner, ingress, identity)) {
                    table.host(host, Objects.requireNonNull(identity));
                    return;
                }
                findings.info(
                        Code.TLS_HOST_SHADOWED,
                        ingress,
                        field,
                        "The certificate of " + host + " is chosen by Ingress "
                                + owner.metadata().path() + ".",
                        Effect.SHADOWED);
                return;
            }
            if (host.startsWith("*.")) {
                wildcardParents.add(host.substring(2));
            }
            if (identity != null && identity.covers(host)) {
                table.host(host, identity);
                kindsOfHost.put(host, new HashSet<>(Set.of(identity.key().getAlgorithm())));
                return;
            }
            table.hostWithDefault(host);
            if (identity != null) {
                findings.warning(
                        Code.HOST_NOT_COVERED,
                        ingress,
                        field,
                        "The certificate in Secret " + identity.label() + " does not cover " + host + ".",
                        Effect.DEFAULT_CERTIFICATE,
                        "It covers " + String.join(", ", identity.dnsNames()) + ".");
            }
        }

        /** Whether {@code identity} gives a host another kind of key, for other clients; only the owner's namespace may. */
        private boolean isAlternative(String host, Ingress owner, Ingress ingress, @Nullable Identity identity) {
            Set<String> kinds = kindsOfHost.get(host);
            return kinds != null
                    && identity != null
                    && identity.covers(host)
                    && owner.metadata().namespace().equals(ingress.metadata().namespace())
                    && kinds.add(identity.key().getAlgorithm());
        }

        private @Nullable Decoded decode(Ingress ingress, String secretName) {
            Secret secret = resources.get(Secret.class, ingress.metadata().namespace(), secretName);
            return secret == null ? null : decode(secret);
        }

        private Decoded decode(Secret secret) {
            return used.computeIfAbsent(secret.key(), key -> {
                Decoded known = decoded.get(key);
                return known != null && known.secret.equals(secret) ? known : Certificates.decode(secret);
            });
        }

        private void report(dev.adit.manifest.Resource on, String field, Code code, String message) {
            findings.warning(code, on, field, message, Effect.DEFAULT_CERTIFICATE, "");
        }
    }

    Round round(ResourceSet resources, Findings findings, List<Ingress> ingresses, String defaultSecret) {
        return new Round(resources, findings, ingresses, defaultSecret);
    }

    private static Decoded decode(Secret secret) {
        if (!secret.type().equals(Secret.TLS_TYPE)) {
            return new Decoded(secret, null, Code.SECRET_TYPE, "its type is not " + Secret.TLS_TYPE);
        }
        byte[] certificates = secret.get("tls.crt");
        byte[] key = secret.get("tls.key");
        if (certificates == null || key == null) {
            return new Decoded(secret, null, Code.CERTIFICATE_INVALID, "tls.crt and tls.key are not both there");
        }
        try {
            Identity identity = Identity.fromPem(secret.metadata().path(), certificates, key);
            return new Decoded(secret, identity, Code.CERTIFICATE_INVALID, "");
        } catch (PemException | IllegalArgumentException e) {
            return new Decoded(secret, null, Code.CERTIFICATE_INVALID, String.valueOf(e.getMessage()));
        } finally {
            java.util.Arrays.fill(key, (byte) 0);
        }
    }
}
