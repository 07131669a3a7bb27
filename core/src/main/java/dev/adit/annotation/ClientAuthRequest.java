package dev.adit.annotation;

import dev.adit.policy.ClientAuth;
import dev.adit.policy.PathRegex;
import org.jspecify.annotations.Nullable;

/**
 * What an Ingress asks of the clients of its hosts.
 *
 * @param off whether it asks for nothing, which keeps younger Ingresses from asking
 * @param denied why it cannot be honoured, so that nobody may be served; empty if it can
 * @param secret name of the Secret, in the Ingress's own namespace, that says whom to believe; empty if {@code off} or {@code denied}
 * @param depth how many intermediate authorities a client's path may have
 * @param mode as {@link ClientAuth#mode}
 * @param errorPage as {@link ClientAuth#errorPage}
 * @param passCertificate as {@link ClientAuth#passCertificate}
 * @param subject as {@link ClientAuth#subject}
 */
public record ClientAuthRequest(
        boolean off,
        String denied,
        String secret,
        int depth,
        ClientAuth.Mode mode,
        String errorPage,
        boolean passCertificate,
        @Nullable PathRegex subject) {
    static final ClientAuthRequest OFF =
            new ClientAuthRequest(true, "", "", 0, ClientAuth.Mode.OPTIONAL, "", false, null);

    /** What is left of it where the Ingress is refused: nothing may be served that it might have guarded. */
    public ClientAuthRequest refused() {
        return off ? this : denied("the Ingress that says what clients must show is refused");
    }

    /** Nobody may be served. */
    static ClientAuthRequest denied(String why) {
        return new ClientAuthRequest(false, why, "", 0, ClientAuth.Mode.ON, "", false, null);
    }
}
