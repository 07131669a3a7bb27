package dev.adit.compile;

import dev.adit.annotation.Findings;
import dev.adit.compile.SecretIdentities.Held;
import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Effect;
import dev.adit.manifest.Ingress;
import dev.adit.manifest.ObjectKey;
import dev.adit.manifest.ResourceSet;
import dev.adit.manifest.Secret;
import dev.adit.policy.Settings;
import dev.adit.tls.CertificateTable;
import dev.adit.tls.Identity;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * From the Ingresses' TLS sections to the certificate table. A Secret that is missing, broken or does not cover its host
 * costs only that: the default certificate answers instead.
 */
final class Certificates {
    private final @Nullable Identity defaultIdentity;
    private final SecretIdentities secrets = new SecretIdentities();

    Certificates(@Nullable Identity defaultIdentity) {
        this.defaultIdentity = defaultIdentity;
    }

    /** What the TLS sections of some Ingresses amount to. */
    final class Round {
        /** Null once all sections were read. */
        private @Nullable ResourceSet resources;

        private final Findings findings;
        private final SecretIdentities.Round identities;
        /** What was asked for; null for what there is not. */
        private final Map<ObjectKey, @Nullable Held> asked = new HashMap<>();

        private final Map<String, Ingress> ownerOfHost = new HashMap<>();
        /** Algorithms of the keys that a host has certificates for; nothing for one that gets the default. */
        private final Map<String, Set<String>> kindsOfHost = new HashMap<>();

        private final Set<String> wildcardParents = new HashSet<>();
        private final CertificateTable.Builder table = CertificateTable.builder();
        private final CertificateTable made;

        private Round(
                ResourceSet resources, Instant now, Findings findings, List<Ingress> ingresses, Settings settings) {
            this.resources = resources;
            this.findings = findings;
            identities = secrets.round(now, findings);
            table.policy(settings.tls()).defaultIdentity(defaultIdentity(settings.defaultSslCertificate()));
            for (Ingress ingress : ingresses) {
                for (Ingress.Tls tls : ingress.tls()) {
                    add(ingress, tls);
                }
            }
            identities.keep();
            made = table.build();
            this.resources = null;
        }

        CertificateTable table() {
            return made;
        }

        /** When time alone makes something else of them. */
        Instant until() {
            return identities.until();
        }

        /** Whether a Secret of the name of one of {@code secrets} was asked for, in any namespace. */
        boolean asksForAny(Set<ObjectKey> secrets) {
            Set<String> changed = secrets.stream().map(ObjectKey::name).collect(Collectors.toSet());
            return !changed.isEmpty() && asked.keySet().stream().anyMatch(key -> changed.contains(key.name()));
        }

        /** The hosts that only one of two rounds names in its TLS sections. */
        Set<String> hostsThatDiffer(Round before) {
            Set<String> differ = new HashSet<>(ownerOfHost.keySet());
            differ.removeAll(before.ownerOfHost.keySet());
            before.ownerOfHost.keySet().stream()
                    .filter(host -> !ownerOfHost.containsKey(host))
                    .forEach(differ::add);
            return differ;
        }

        /** The Secrets of which two rounds do not use the same. */
        Set<ObjectKey> secretsThatDiffer(Round before) {
            Set<ObjectKey> differ = new HashSet<>(asked.keySet());
            differ.addAll(before.asked.keySet());
            differ.removeIf(key -> {
                Held one = asked.get(key);
                Held other = before.asked.get(key);
                return one == null || other == null
                        ? one == other
                        : one.identity() == other.identity() && one.before() == other.before();
            });
            return differ;
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
                    Held held = asked.get(key(ingress.metadata().namespace(), tls.secretName()));
                    if (held != null && held.covering(host) != null) {
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
            Held held = held(path.substring(0, slash), path.substring(slash + 1));
            if (held == null || held.identity() == null) {
                findings.setting(
                        held == null ? Code.SECRET_MISSING : held.code(),
                        "default-ssl-certificate",
                        held == null
                                ? "There is no Secret " + path + "."
                                : "The Secret " + path + " cannot be used: " + held.problem() + ".",
                        Effect.DEFAULT_CERTIFICATE);
                return Certificates.this.defaultIdentity;
            }
            return held.identity();
        }

        private void add(Ingress ingress, Ingress.Tls tls) {
            Held held =
                    tls.secretName().isEmpty() ? null : held(ingress.metadata().namespace(), tls.secretName());
            String field = tls.field() + ".secretName";
            if (tls.secretName().isEmpty()) {
                reportDefault(ingress, tls);
            } else if (held == null) {
                reportMissing(ingress, field, tls.secretName());
            } else if (held.identity() == null) {
                report(
                        ingress,
                        field,
                        held.code(),
                        "The Secret " + held.secret().metadata().path() + " cannot be used: " + held.problem() + ".");
            }
            if (held != null && tls.hosts().isEmpty()) {
                Stream.of(held.identity(), held.before())
                        .filter(Objects::nonNull)
                        .forEach(table::names);
            }
            for (int i = 0; i < tls.hosts().size(); i++) {
                addHost(ingress, tls, tls.hosts().get(i), tls.field() + ".hosts[" + i + "]", held);
            }
        }

        private void reportDefault(Ingress ingress, Ingress.Tls tls) {
            if (!tls.hosts().isEmpty()) {
                findings.info(
                        Code.DEFAULT_CERTIFICATE,
                        ingress,
                        tls.field(),
                        "No Secret is named: the default certificate answers for " + String.join(", ", tls.hosts())
                                + ".",
                        Effect.DEFAULT_CERTIFICATE);
            }
        }

        /** Names of Secrets are names within the namespace; a Secret that somebody forgot to copy is worth a word. */
        private void reportMissing(Ingress ingress, String field, String name) {
            String namespace = ingress.metadata().namespace();
            String elsewhere = Objects.requireNonNull(resources).all(Secret.class).stream()
                    .filter(secret -> secret.metadata().name().equals(name)
                            && secret.type().equals(Secret.TLS_TYPE))
                    .map(secret -> secret.metadata().namespace())
                    .sorted()
                    .findFirst()
                    .orElse("");
            findings.warning(
                    elsewhere.isEmpty() ? Code.SECRET_MISSING : Code.SECRET_NAMESPACE,
                    ingress,
                    field,
                    "There is no Secret " + namespace + "/" + name
                            + (elsewhere.isEmpty()
                                    ? "."
                                    : ", and that of namespace " + elsewhere + " is not for this one."),
                    Effect.DEFAULT_CERTIFICATE,
                    elsewhere.isEmpty() ? "" : "Copy the Secret to namespace " + namespace + ".");
        }

        private void addHost(Ingress ingress, Ingress.Tls tls, String host, String field, @Nullable Held held) {
            Identity identity = held == null ? null : held.covering(host);
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
            if (identity == null) {
                table.hostWithDefault(host);
            } else {
                table.host(host, identity);
                kindsOfHost.put(host, new HashSet<>(Set.of(identity.key().getAlgorithm())));
            }
            Identity used = held == null ? null : held.identity();
            if (used != null && identity != used) {
                findings.warning(
                        Code.HOST_NOT_COVERED,
                        ingress,
                        field,
                        "The certificate in Secret " + used.label() + " does not cover " + host + ".",
                        identity == null ? Effect.DEFAULT_CERTIFICATE : Effect.PREVIOUS_KEPT,
                        "It covers " + String.join(", ", used.dnsNames()) + ".");
            }
        }

        /** Whether {@code identity} gives a host another kind of key, for other clients; only the owner's namespace may. */
        private boolean isAlternative(String host, Ingress owner, Ingress ingress, @Nullable Identity identity) {
            Set<String> kinds = kindsOfHost.get(host);
            return kinds != null
                    && identity != null
                    && owner.metadata().namespace().equals(ingress.metadata().namespace())
                    && kinds.add(identity.key().getAlgorithm());
        }

        private @Nullable Held held(String namespace, String name) {
            Secret secret = Objects.requireNonNull(resources).get(Secret.class, namespace, name);
            Held held = secret == null ? null : identities.of(secret);
            asked.put(key(namespace, name), held);
            return held;
        }

        private void report(Ingress on, String field, Code code, String message) {
            findings.warning(code, on, field, message, Effect.DEFAULT_CERTIFICATE, "");
        }
    }

    Round round(ResourceSet resources, Instant now, Findings findings, List<Ingress> ingresses, Settings settings) {
        return new Round(resources, now, findings, ingresses, settings);
    }

    /** Whether two versions of an Ingress, null for none, make no difference to certificates and to what is said about them. */
    static boolean readsTheSame(@Nullable Ingress before, @Nullable Ingress now) {
        if (before == null || now == null || before.tls().isEmpty() || now.tls().isEmpty()) {
            return (before == null || before.tls().isEmpty())
                    && (now == null || now.tls().isEmpty());
        }
        return before.tls().equals(now.tls())
                && Objects.equals(
                        before.metadata().creationTimestamp(), now.metadata().creationTimestamp())
                && before.metadata().positions().equals(now.metadata().positions());
    }

    /** Whether {@code ingress} has a TLS section that takes its names from one of {@code secrets}. */
    static boolean takesNamesOf(Ingress ingress, Set<ObjectKey> secrets) {
        String namespace = ingress.metadata().namespace();
        return ingress.tls().stream()
                .anyMatch(tls -> tls.hosts().isEmpty() && secrets.contains(key(namespace, tls.secretName())));
    }

    private static ObjectKey key(String namespace, String name) {
        return new ObjectKey("Secret", namespace, name);
    }
}
