package dev.adit.compile;

import dev.adit.annotation.ClientAuthRequest;
import dev.adit.annotation.Findings;
import dev.adit.annotation.NginxDialect;
import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Effect;
import dev.adit.manifest.Ingress;
import dev.adit.manifest.ObjectKey;
import dev.adit.manifest.ResourceSet;
import dev.adit.manifest.Secret;
import dev.adit.matcher.HostMap;
import dev.adit.matcher.RouteMatcher;
import dev.adit.policy.ClientAuth;
import dev.adit.route.Route;
import dev.adit.tls.CertificateTable;
import dev.adit.tls.ClientAuthority;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the clients of hosts must show. Host by host, the oldest Ingress that says so decides, for all rules of the host and under every name
 * that leads to it. An Ingress that is refused decides, too: that nobody is served, since its younger neighbours do not ask.
 */
final class ClientAuths {
    /** @param hosts in the order of the manifest */
    private record Asking(Ingress ingress, ClientAuthRequest request, Set<String> hosts) {}

    private final ClientAuthorities authorities;
    private final NavigableMap<Age, Asking> asking = new TreeMap<>();
    /** By host, of those that are refused: nobody else knows that they speak about it. */
    private final Map<String, NavigableMap<Age, Ingress>> refused = new HashMap<>();

    ClientAuths(ClientAuthorities authorities) {
        this.authorities = authorities;
    }

    /** Takes note of an Ingress that says something. Returns the hosts that it speaks about. */
    Set<String> add(Age age, Ingress ingress, ClientAuthRequest request, boolean isRefused) {
        Set<String> hosts = ingress.rules().stream()
                .map(rule -> rule.host().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        if (ingress.rules().isEmpty()) {
            hosts.add("");
        }
        asking.put(age, new Asking(ingress, isRefused ? request.refused() : request, hosts));
        if (isRefused && !request.off()) {
            hosts.forEach(
                    host -> refused.computeIfAbsent(host, h -> new TreeMap<>()).put(age, ingress));
        }
        return hosts;
    }

    /** Forgets an Ingress. Returns the hosts that it spoke about. */
    Set<String> remove(Age age) {
        Asking one = asking.remove(age);
        if (one == null) {
            return Set.of();
        }
        for (String host : one.hosts) {
            refused.computeIfPresent(host, (h, ingresses) -> {
                ingresses.remove(age);
                return ingresses.isEmpty() ? null : ingresses;
            });
        }
        return one.hosts;
    }

    /**
     * The oldest Ingress, if it is older than {@code age}, that asks something of the clients of {@code host} and is refused; or null. It
     * would have ended the host's TLS: that must not be passed by because of its mistake.
     */
    @Nullable
    Ingress refusedBefore(Age age, String host) {
        NavigableMap<Age, Ingress> ingresses = refused.get(host);
        Map.Entry<Age, Ingress> oldest = ingresses == null ? null : ingresses.firstEntry();
        return oldest != null && oldest.getKey().compareTo(age) < 0 ? oldest.getValue() : null;
    }

    /** The policies of one compilation. */
    final class Round {
        private final ResourceSet resources;
        private final Certificates.Round tls;
        private final Findings findings;
        private final CertificateFindings certificates;
        /** Ordered, as what is said about them is. */
        private final Map<String, Asking> owners = new TreeMap<>();

        private final Map<Asking, ClientAuth> made = new IdentityHashMap<>();
        private final Set<ObjectKey> reported = new HashSet<>();
        private final Map<String, ClientAuth> policies = new HashMap<>();

        private Round(ResourceSet resources, Hosts hosts, Certificates.Round tls, Instant now, Findings findings) {
            this.resources = resources;
            this.tls = tls;
            this.findings = findings;
            certificates = new CertificateFindings(now, findings);
            asking.values().forEach(this::decide);
            owners.forEach((host, owner) -> {
                if (!owner.request.off()) {
                    ClientAuth policy = made.computeIfAbsent(owner, this::policy);
                    hosts.forEachNameOf(host, name -> policies.put(name, policy));
                }
            });
            authorities.keep();
        }

        private void decide(Asking one) {
            for (String host : one.hosts.stream().sorted().toList()) {
                Asking owner = owners.putIfAbsent(host, one);
                if (owner != null && !owner.request.equals(one.request)) {
                    findings.info(
                            Code.CLIENT_AUTH_SHADOWED,
                            one.ingress,
                            field(one),
                            "What clients of " + host + " must show is decided by Ingress "
                                    + owner.ingress.metadata().path() + ".",
                            Effect.SHADOWED);
                } else if (owner == null && !one.request.off() && !tls.covers(host, one.ingress)) {
                    findings.warning(
                            Code.CLIENT_AUTH_WITHOUT_TLS,
                            one.ingress,
                            field(one),
                            "No TLS section names " + (host.isEmpty() ? "any host" : host)
                                    + ": the default certificate answers, and nothing is served in clear text.",
                            Effect.NONE,
                            "Add a TLS section with a Secret for the host.");
                }
            }
        }

        private ClientAuth policy(Asking one) {
            ClientAuthRequest request = one.request;
            if (!request.denied().isEmpty()) {
                return ClientAuth.denied(request.denied());
            }
            String namespace = one.ingress.metadata().namespace();
            Secret secret = resources.get(Secret.class, namespace, request.secret());
            if (secret == null) {
                return denied(one, Code.SECRET_MISSING, "There is no Secret " + namespace + "/" + request.secret());
            }
            ClientAuthorities.Held held = authorities.of(secret);
            ClientAuthority authority = held.withDepth(request.depth());
            if (authority == null) {
                return denied(
                        one,
                        held.code(),
                        "The Secret " + secret.metadata().path() + " cannot be used: " + held.problem());
            }
            if (reported.add(secret.key())) {
                certificates.authorities(secret, authority.authorities(), "no client is believed for its sake");
                certificates.revocations(secret, authority.revocations(), "no client of its issuer is believed");
            }
            return new ClientAuth(
                    request.mode(), authority, "", request.errorPage(), request.passCertificate(), request.subject());
        }

        private ClientAuth denied(Asking one, Code code, String why) {
            findings.error(
                    code,
                    one.ingress,
                    field(one),
                    why + ".",
                    Effect.HOST_DENIED,
                    "Nobody is served on the hosts of this Ingress until there is a ca.crt with certificates of authorities.");
            return ClientAuth.denied(why);
        }

        /** When time alone makes something else to say. */
        Instant until() {
            return certificates.until();
        }

        /** By host pattern of the table. */
        Map<String, ClientAuth> policies() {
            return policies;
        }

        /** Who is asked for certificates in handshakes: the same, seen from the names that clients may ask for. */
        HostMap<Optional<ClientAuthority>> asked(RouteMatcher<Route> matcher, Hosts hosts) {
            if (policies.isEmpty()) {
                return CertificateTable.NOBODY;
            }
            HostMap.Builder<Optional<ClientAuthority>> asked = HostMap.builder();
            policies.forEach((name, policy) -> asked.put(name, Optional.ofNullable(policy.authority())));
            if (policies.keySet().stream().anyMatch(name -> name.isEmpty() || name.startsWith("*"))) {
                hosts.names().stream()
                        .filter(name -> !policies.containsKey(name) && name.equals(matcher.hostPattern(name)))
                        .forEach(name -> asked.put(name, Optional.empty()));
            }
            return asked.build();
        }
    }

    Round round(ResourceSet resources, Hosts hosts, Certificates.Round tls, Instant now, Findings findings) {
        return new Round(resources, hosts, tls, now, findings);
    }

    private static String field(Asking one) {
        Set<String> keys = one.ingress.metadata().annotations().keySet();
        return "metadata.annotations."
                + keys.stream()
                        .filter(key -> key.startsWith(NginxDialect.PREFIX + "auth-tls-"))
                        .sorted()
                        .findFirst()
                        .orElse(NginxDialect.PREFIX + "auth-tls-secret");
    }
}
