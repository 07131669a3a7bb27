package dev.adit.policy;

import dev.adit.tls.ClientAuthority;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the clients of a host must show: mutual TLS. It holds for every request for the host, whichever route would serve it.
 *
 * @param mode what becomes of those who do not
 * @param authority whom to believe about clients; null only if {@code denied} says why there is nobody
 * @param denied why nobody may be served at all; empty if clients can be judged
 * @param errorPage where clients without a good certificate are sent instead of 400, an absolute or relative URL; empty for nowhere
 * @param passCertificate whether upstreams get the client's certificate, besides what it says
 * @param subject what every common name of a client must match, after {@code CN=}; null if any will do
 */
public record ClientAuth(
        Mode mode,
        @Nullable ClientAuthority authority,
        String denied,
        String errorPage,
        boolean passCertificate,
        @Nullable PathRegex subject) {
    /** How much is asked of clients. */
    public enum Mode {
        /** A good certificate. */
        ON,
        /** A good certificate, or none. */
        OPTIONAL,
        /** None, or one that is good but for its issuer, whom nobody need know. */
        OPTIONAL_NO_CA
    }

    public ClientAuth {
        Objects.requireNonNull(mode);
        Objects.requireNonNull(errorPage);
        if ((authority == null) == denied.isEmpty()) {
            throw new IllegalArgumentException("somebody to believe, or a reason why there is nobody");
        }
    }

    /** Nobody is served. */
    public static ClientAuth denied(String why) {
        return new ClientAuth(Mode.ON, null, why, "", false, null);
    }

    /** A good certificate of {@code authority} is needed. */
    public static ClientAuth by(ClientAuthority authority) {
        return new ClientAuth(Mode.ON, authority, "", "", false, null);
    }
}
