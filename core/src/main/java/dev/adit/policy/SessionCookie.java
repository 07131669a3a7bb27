package dev.adit.policy;

import java.util.Objects;

/**
 * What the cookie of an {@link Affinity} looks like.
 *
 * @param name a token
 * @param path its Path; empty for the path of the rule
 * @param domain its Domain; empty for none
 * @param sameSite its SameSite; empty for none
 * @param sparingNone whether {@code SameSite=None} is left out for browsers that would refuse the cookie for it
 * @param secure whether it is Secure also where the client came over plain HTTP
 * @param maxAge its Max-Age in seconds, or -1 for none
 * @param expires seconds after which it Expires, or -1 for none
 */
public record SessionCookie(
        String name,
        String path,
        String domain,
        String sameSite,
        boolean sparingNone,
        boolean secure,
        int maxAge,
        int expires) {
    /** The name unless told otherwise. */
    public static final String NAME = "INGRESSCOOKIE";

    /** Of that name, without attributes but those that every such cookie has. */
    public static final SessionCookie DEFAULT = new SessionCookie(NAME, "", "", "", false, false, -1, -1);

    public SessionCookie {
        Objects.requireNonNull(path);
        Objects.requireNonNull(domain);
        Objects.requireNonNull(sameSite);
        if (name.isEmpty() || maxAge < -1 || expires < -1) {
            throw new IllegalArgumentException("not a session cookie: " + name + ", " + maxAge + ", " + expires);
        }
    }
}
