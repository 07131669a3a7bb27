package dev.adit.policy;

/**
 * Answer with a redirect instead of forwarding.
 *
 * @param status 300 to 308
 * @param target where to
 */
public record Redirect(int status, Target target) {
    /** Where a redirect leads. */
    public sealed interface Target {}

    /** Exactly this location; nothing is appended. */
    public record Location(String value) implements Target {}

    /** The same scheme and request target at another host. */
    public record Host(String host) implements Target {}

    /** Another path (and query) of the same scheme and host. */
    public record Path(String path) implements Target {}
}
