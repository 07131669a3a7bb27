package dev.adit.compile;

import dev.adit.annotation.UpstreamTls;
import dev.adit.manifest.Secret;
import dev.adit.tls.ClientTls;
import dev.adit.tls.Identity;
import dev.adit.tls.PemException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How TLS is spoken to endpoints, made once for equal Secrets and equal wishes, for as long as anybody uses it: connections are kept by
 * it. A Secret that was changed makes another, and so new connections. Not thread-safe.
 */
final class UpstreamSecrets {
    private static final String AUTHORITIES = "ca.crt";
    private static final String CERTIFICATES = "tls.crt";
    private static final String KEY = "tls.key";

    /**
     * All that it depends on.
     *
     * @param content a digest of what the Secret holds; empty if none is named
     * @param name whom certificates must be for, or null for the endpoint's own name
     * @param serverName what is sent, or null for the endpoint's own name
     */
    private record Key(
            String content,
            UpstreamTls wish,
            @Nullable String name,
            @Nullable String serverName) {}

    private final Map<Key, WeakReference<ClientTls>> made = new HashMap<>();
    private final InstantSource clock;

    /** @param clock tells whether the certificates of endpoints are valid */
    UpstreamSecrets(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * What {@code wish} comes to.
     *
     * @param secret that it names, or null if it names none
     * @param service the DNS name of the Service, or empty for one that stands for an endpoint with a name of its own
     * @throws PemException if the Secret does not hold what is needed; the message says what
     */
    ClientTls of(UpstreamTls wish, @Nullable Secret secret, String service) throws PemException {
        String name = !wish.name().isEmpty() ? wish.name() : service.isEmpty() ? null : service;
        Boolean sends = wish.sendsName();
        String serverName = sends == null ? (service.isEmpty() ? null : "") : sends ? name : "";
        Key key = new Key(secret == null ? "" : digest(secret), wish, name, serverName);
        WeakReference<ClientTls> reference = made.get(key);
        ClientTls known = reference == null ? null : reference.get();
        if (known != null) {
            return known;
        }
        ClientTls.Builder builder = ClientTls.builder()
                .clock(clock)
                .name(name)
                .serverName(serverName)
                .policy(wish.policy());
        if (secret != null) {
            read(secret, wish, builder);
        }
        ClientTls fresh = builder.build();
        made.values().removeIf(old -> old.get() == null);
        made.put(key, new WeakReference<>(fresh));
        return fresh;
    }

    private static void read(Secret secret, UpstreamTls wish, ClientTls.Builder builder) throws PemException {
        builder.label(secret.metadata().path());
        byte[] authorities = value(secret, AUTHORITIES);
        byte[] certificates = value(secret, CERTIFICATES);
        byte[] key = value(secret, KEY);
        try {
            if (wish.verify() && authorities == null) {
                throw new PemException("it has no " + AUTHORITIES + ", and so nothing says whom to trust");
            }
            if ((certificates == null) != (key == null)) {
                throw new PemException("it has only one of " + CERTIFICATES + " and " + KEY);
            }
            if (authorities == null && key == null) {
                throw new PemException("it has neither " + AUTHORITIES + " nor " + CERTIFICATES + " and " + KEY);
            }
            if (authorities != null) { // what cannot be read is not passed over, wanted or not
                (wish.verify() ? builder : ClientTls.builder()).verify(authorities, wish.depth());
            }
            if (certificates != null && key != null) {
                builder.identity(Identity.fromPem(secret.metadata().path(), certificates, key));
            }
        } finally {
            if (key != null) {
                Arrays.fill(key, (byte) 0);
            }
        }
    }

    /** Empty is as good as nothing: issuers of certificates leave such. */
    private static byte @Nullable [] value(Secret secret, String key) {
        byte[] value = secret.get(key);
        return value == null || value.length == 0 ? null : value;
    }

    private static String digest(Secret secret) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(secret.metadata().path().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            for (String key : List.of(AUTHORITIES, CERTIFICATES, KEY)) {
                byte[] value = secret.get(key);
                byte[] octets = value == null ? new byte[0] : value;
                digest.update(
                        ByteBuffer.allocate(Integer.BYTES).putInt(octets.length).array());
                digest.update(octets);
                Arrays.fill(octets, (byte) 0);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
