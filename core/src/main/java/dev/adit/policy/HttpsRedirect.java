package dev.adit.policy;

/**
 * Send plain-HTTP requests to the same host and target over HTTPS. Requests for an ACME challenge are exempt.
 *
 * @param status 301, 302, 303, 307 or 308
 */
public record HttpsRedirect(int status) {}
