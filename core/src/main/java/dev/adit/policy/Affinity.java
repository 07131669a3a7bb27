package dev.adit.policy;

import java.util.Objects;

/**
 * Keep a client at one endpoint by a cookie, which the first answer sets.
 *
 * @param persistent whether the cookie names the endpoint, and the client moves only when that is gone; else the cookie is
 *     hashed, and when endpoints come or go, some clients move
 * @param cookie what it looks like
 * @param changeOnFailure whether the client moves when its endpoint fails; else it fails with it
 * @param keepsCanary whether who was served by a canary stays with it, and who was not does not come to it; else the criteria
 *     of the canary decide on every request
 */
public record Affinity(boolean persistent, SessionCookie cookie, boolean changeOnFailure, boolean keepsCanary) {
    public Affinity {
        Objects.requireNonNull(cookie);
    }

    /** A balanced session cookie without attributes. */
    public static Affinity balanced() {
        return new Affinity(false, SessionCookie.DEFAULT, false, true);
    }
}
