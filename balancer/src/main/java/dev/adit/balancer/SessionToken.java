package dev.adit.balancer;

/**
 * A sticky session.
 *
 * @param session a random number that is the session's own: where it goes when its endpoint is gone
 * @param endpoint the name of its endpoint, see {@link SessionTokens#name}
 */
public record SessionToken(long session, long endpoint) {}
