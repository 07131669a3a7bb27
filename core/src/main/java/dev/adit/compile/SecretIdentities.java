package dev.adit.compile;

import dev.adit.annotation.Findings;
import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Effect;
import dev.adit.manifest.ObjectKey;
import dev.adit.manifest.Secret;
import dev.adit.tls.Flaw;
import dev.adit.tls.Identity;
import dev.adit.tls.OcspStaple;
import dev.adit.tls.PemException;
import dev.adit.tls.Validity;
import java.lang.ref.WeakReference;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * From Secrets to identities. A key is decoded once, and kept for as long as its Secret is the same. A Secret that was renewed badly
 * keeps what was good before:
 *
 * <pre>
 *   first content        good or flawed: used      broken: nothing is used
 *   renewed, and then    good: used                broken, or flawed as the one before was not: the one before stays in use
 *                        lacks a name that the one before has: that stays in use for this name
 *   removed              nothing is used, and nothing is remembered
 * </pre>
 *
 * Not thread-safe.
 */
final class SecretIdentities {
    /** Holds an OCSP response in DER; Istio calls it so. */
    private static final String STAPLE = "tls.ocsp-staple";

    /** Flaws for which clients refuse a certificate: none of them may replace one without. */
    private static final Set<Flaw> FATAL =
            EnumSet.of(Flaw.EXPIRED, Flaw.NOT_YET_VALID, Flaw.CHAIN_OUT_OF_ORDER, Flaw.WITHOUT_NAMES);

    private static final Set<Flaw> ALL = EnumSet.allOf(Flaw.class);
    private static final Set<Flaw> OF_TIME = EnumSet.of(Flaw.EXPIRED, Flaw.EXPIRES_SOON);

    /**
     * What a Secret holds.
     *
     * @param fresh its content, or null if that cannot be used
     * @param identity what is used of it: its content, what it held before, or nothing
     * @param before what it held before, if that is still needed
     * @param code what is wrong with the content if there is no {@code fresh}
     * @param problem the same in words
     * @param unstapled why the OCSP response beside the content is not used; empty if it is, or if there is none
     */
    record Held(
            Secret secret,
            @Nullable Identity fresh,
            @Nullable Identity identity,
            @Nullable Identity before,
            Code code,
            String problem,
            String unstapled) {
        /** What is used for a host, or null if nothing covers it. */
        @Nullable
        Identity covering(String host) {
            if (identity != null && identity.covers(host)) {
                return identity;
            }
            return before != null && before.covers(host) ? before : null;
        }
    }

    private final Map<X509Certificate, WeakReference<X509Certificate>> authorities = new WeakHashMap<>();
    private Map<ObjectKey, Held> known = new HashMap<>();

    /** The Secrets of one compilation; what it does not ask for is forgotten when it ends. */
    final class Round {
        private final Findings findings;
        private final CertificateFindings certificates;
        private final Map<ObjectKey, Held> asked = new HashMap<>();

        private Round(Instant now, Findings findings) {
            this.findings = findings;
            certificates = new CertificateFindings(now, findings);
        }

        /** When time alone makes something else of it. */
        Instant until() {
            return certificates.until();
        }

        /** What is used of {@code secret}. Its flaws are reported when it is asked for first. */
        Held of(Secret secret) {
            Held found = asked.get(secret.key());
            if (found == null) {
                found = judge(current(secret));
                asked.put(secret.key(), found);
            }
            return found;
        }

        void keep() {
            known = asked;
        }

        private Held current(Secret secret) {
            Held last = known.get(secret.key());
            return last != null && last.secret.equals(secret)
                    ? last
                    : decode(secret, last == null ? null : last.identity, certificates.now());
        }

        private Held judge(Held held) {
            Identity fresh = held.fresh;
            Identity before = held.before;
            Identity used = fresh != null && (before == null || mayReplace(fresh, before)) ? fresh : before;
            if (fresh != null) {
                report(held.secret, fresh, ALL, "The certificate");
                reportStaple(held, fresh);
            }
            if (used != null && used != fresh) {
                findings.error(
                        Code.CERTIFICATE_KEPT,
                        held.secret,
                        "data",
                        "The Secret " + held.secret.metadata().path() + " was renewed, but "
                                + (fresh == null ? held.problem : "clients refuse its new certificate") + ".",
                        Effect.PREVIOUS_KEPT,
                        "The certificate before it is good until "
                                + used.validity().end() + ".");
                report(held.secret, used, OF_TIME, "The certificate that is kept");
            }
            return new Held(
                    held.secret,
                    fresh,
                    used,
                    mustKeep(before, used) ? before : null,
                    held.code,
                    held.problem,
                    held.unstapled);
        }

        private void report(Secret secret, Identity identity, Set<Flaw> which, String what) {
            certificates.identity(
                    secret,
                    identity,
                    which,
                    what + " in Secret " + secret.metadata().path(),
                    "clients refuse it");
        }

        private void reportStaple(Held held, Identity fresh) {
            OcspStaple staple = fresh.staple();
            String problem = staple == null ? held.unstapled : problem(staple.validity());
            if (!problem.isEmpty()) {
                findings.warning(
                        Code.OCSP_RESPONSE,
                        held.secret,
                        "data",
                        "The OCSP response in Secret " + held.secret.metadata().path() + " is not stapled: " + problem
                                + ".",
                        Effect.IGNORED,
                        "");
            }
        }

        private String problem(Validity validity) {
            if (certificates.hasCome(validity.end())) {
                return "it was good until " + validity.end();
            }
            return certificates.hasCome(validity.from()) ? "" : "it is not good before " + validity.from();
        }

        /** Nothing replaced it, or what did lacks a name. */
        private boolean mustKeep(@Nullable Identity before, @Nullable Identity used) {
            return before != null
                    && (used == null || used == before || !used.dnsNames().containsAll(before.dnsNames()));
        }

        private boolean mayReplace(Identity fresh, Identity before) {
            Set<Flaw> fatal = EnumSet.copyOf(FATAL);
            fatal.retainAll(certificates.flaws(fresh));
            return certificates.flaws(before).containsAll(fatal);
        }
    }

    /** Begins a compilation. */
    Round round(Instant now, Findings findings) {
        return new Round(now, findings);
    }

    private Held decode(Secret secret, @Nullable Identity before, Instant now) {
        if (!secret.type().equals(Secret.TLS_TYPE)) {
            return broken(secret, before, Code.SECRET_TYPE, "its type is not " + Secret.TLS_TYPE);
        }
        byte[] certificates = secret.get("tls.crt");
        byte[] key = secret.get("tls.key");
        if (certificates == null || key == null) {
            return broken(secret, before, Code.CERTIFICATE_INVALID, "tls.crt and tls.key are not both there");
        }
        try {
            Identity identity = Identity.fromPem(secret.metadata().path(), certificates, key)
                    .withAuthorities(this::kept);
            return stapled(secret, identity, before, now);
        } catch (PemException e) {
            Code code = switch (e.fault()) {
                case UNREADABLE -> Code.CERTIFICATE_INVALID;
                case KEY_MISMATCH -> Code.KEY_MISMATCH;
                case CHAIN_OUT_OF_ORDER -> Code.CERTIFICATE_CHAIN;
            };
            return broken(secret, before, code, String.valueOf(e.getMessage()));
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private static Held broken(Secret secret, @Nullable Identity before, Code code, String problem) {
        return new Held(secret, null, before, before, code, problem, "");
    }

    private static Held stapled(Secret secret, Identity plain, @Nullable Identity before, Instant now) {
        byte[] response = secret.get(STAPLE);
        Identity identity = plain;
        String unstapled = "";
        if (response != null && response.length > 0) {
            try {
                identity = plain.withStaple(OcspStaple.of(response, plain.chain(), now));
            } catch (PemException e) {
                unstapled = String.valueOf(e.getMessage());
            }
        }
        return new Held(secret, identity, identity, before, Code.CERTIFICATE_INVALID, "", unstapled);
    }

    /** Chains have authorities in common, which are kept once, and for as long as any chain has them. */
    private X509Certificate kept(X509Certificate certificate) {
        WeakReference<X509Certificate> reference = authorities.get(certificate);
        X509Certificate kept = reference == null ? null : reference.get();
        if (kept != null) {
            return kept;
        }
        authorities.put(certificate, new WeakReference<>(certificate));
        return certificate;
    }
}
