package dev.adit.compile;

import dev.adit.diagnostic.Code;
import dev.adit.manifest.ObjectKey;
import dev.adit.manifest.Secret;
import dev.adit.tls.ClientAuthority;
import dev.adit.tls.PemException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From Secrets to whom to believe about clients. What was read is kept for as long as its Secret is the same, and is the same object then:
 * connections remember what it said of their clients. A Secret that was changed badly is not believed as it was before: somebody may have
 * been taken out of it.
 *
 * <p>Not thread-safe.
 */
final class ClientAuthorities {
    /**
     * What a Secret holds.
     *
     * @param authority null if it cannot be used
     * @param problem why; empty otherwise
     */
    record Held(
            Secret secret,
            @Nullable ClientAuthority authority,
            Code code,
            String problem,
            Map<Integer, ClientAuthority> byDepth) {
        /** The authority with that limit; null if it cannot be used. */
        @Nullable
        ClientAuthority withDepth(int depth) {
            ClientAuthority any = authority;
            return any == null ? null : byDepth.computeIfAbsent(depth, any::withDepth);
        }
    }

    private Map<ObjectKey, Held> known = new HashMap<>();
    private Map<ObjectKey, Held> asked = new HashMap<>();

    Held of(Secret secret) {
        Held last = known.get(secret.key());
        Held held = last != null && last.secret.equals(secret) ? last : read(secret);
        known.put(secret.key(), held);
        asked.put(secret.key(), held);
        return held;
    }

    /** Forgets what was not asked for since the last time. */
    void keep() {
        known = asked;
        asked = new HashMap<>();
    }

    private static Held read(Secret secret) {
        byte[] certificates = secret.get("ca.crt");
        if (certificates == null) {
            return new Held(secret, null, Code.CLIENT_AUTH_INVALID, "it has no ca.crt", Map.of());
        }
        try {
            ClientAuthority authority =
                    ClientAuthority.fromPem(secret.metadata().path(), certificates, secret.get("ca.crl"));
            return new Held(secret, authority, Code.CLIENT_AUTH_INVALID, "", new HashMap<>());
        } catch (PemException e) {
            return new Held(secret, null, Code.CLIENT_AUTH_INVALID, String.valueOf(e.getMessage()), Map.of());
        }
    }
}
