package dev.adit.policy;

import org.jspecify.annotations.Nullable;

/**
 * When a request goes to the second backend of a rule. Asked in this order: header, cookie, weight.
 *
 * @param header name of the deciding header, or empty
 * @param headerValue the one value that chooses the canary, or empty; hides {@code headerPattern}
 * @param headerPattern a pattern that chooses the canary when it is found in the header's value, or null
 * @param cookie name of the deciding cookie ({@code always} or {@code never}), or empty
 * @param weight share of the remaining requests, 0 to {@code total}
 * @param total at least 1
 */
public record Canary(
        String header, String headerValue, @Nullable PathRegex headerPattern, String cookie, int weight, int total) {}
