package dev.adit.policy;

/**
 * When a failed attempt is repeated at another endpoint. A request that was not sent yet may always be repeated; one
 * that was sent only if its method is idempotent (RFC 9110 section 9.2.2) and its body can be sent again.
 *
 * @param tries attempts in all, at least 1
 * @param onError repeat after a broken connection
 * @param onTimeout repeat after a timeout
 */
public record Retry(int tries, boolean onError, boolean onTimeout) {
    /** Three attempts, after errors and timeouts. */
    public static final Retry DEFAULT = new Retry(3, true, true);
}
