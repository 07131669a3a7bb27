package dev.adit.policy;

import java.util.Objects;

/**
 * Keep a client at one endpoint by a cookie, which the first answer sets.
 *
 * @param persistent whether the cookie names the endpoint, and the client moves only when that is gone; else the cookie is
 *     hashed, and when endpoints come or go, some clients move
 * @param cookie its name
 * @param path its Path; empty for the path of the rule
 * @param domain its Domain; empty for none
 * @param sameSite its SameSite; empty for none
 * @param secure whether it is Secure also where the client came over plain HTTP
 * @param maxAge its Max-Age in seconds, or -1 for none
 * @param changeOnFailure whether the client moves when its endpoint fails; else it fails with it
 */
public record Affinity(
        boolean persistent,
        String cookie,
        String path,
        String domain,
        String sameSite,
        boolean secure,
        int maxAge,
        boolean changeOnFailure) {
    /** The name of the cookie unless told otherwise. */
    public static final String COOKIE = "INGRESSCOOKIE";

    public Affinity {
        Objects.requireNonNull(path);
        Objects.requireNonNull(domain);
        Objects.requireNonNull(sameSite);
        if (cookie.isEmpty() || maxAge < -1) {
            throw new IllegalArgumentException("not an affinity: " + cookie + ", " + maxAge);
        }
    }

    /** A balanced session cookie without attributes. */
    public static Affinity balanced() {
        return new Affinity(false, COOKIE, "", "", "", false, -1, false);
    }
}
