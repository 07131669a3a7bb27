package dev.adit.policy;

import java.util.List;
import java.util.Objects;

/**
 * Ask a service whether a request may pass, before anything else is done with it. It gets the request's head without its
 * body, and decides by its status: 2xx lets the request pass; 401 and 403 go to the client with their
 * {@code WWW-Authenticate}; anything else, or no answer, is answered 500. Requests for an ACME challenge are exempt.
 *
 * @param method the method to ask with
 * @param host the Host to ask for
 * @param target path and query to ask for, in origin form
 * @param responseHeaders fields of its answer that go to the upstream, replacing the client's; one that its answer lacks is
 *     removed
 * @param signIn where a client that got 401 is sent instead, as an absolute or relative URL; empty for nowhere
 * @param signInParameter query parameter that tells {@code signIn} where the client wanted to go; not added if it is there
 * @param alwaysSetCookie whether the client gets the {@code Set-Cookie} of the answer whatever the status, or only with
 *     successes and redirects
 */
public record ExternalAuth(
        String method,
        String host,
        String target,
        List<String> responseHeaders,
        String signIn,
        String signInParameter,
        boolean alwaysSetCookie) {
    public ExternalAuth {
        Objects.requireNonNull(method);
        Objects.requireNonNull(host);
        Objects.requireNonNull(signIn);
        Objects.requireNonNull(signInParameter);
        if (!target.startsWith("/")) {
            throw new IllegalArgumentException("not an origin form: " + target);
        }
        responseHeaders = List.copyOf(responseHeaders);
    }

    /** Asks {@code http://host/target} by GET; nothing is copied and nobody is sent to sign in. */
    public static ExternalAuth get(String host, String target) {
        return new ExternalAuth("GET", host, target, List.of(), "", "rd", false);
    }
}
