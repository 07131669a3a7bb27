package dev.adit.exchange;

import dev.adit.policy.Canary;
import java.util.random.RandomGenerator;

/** Whether a request goes to the canary: header, then cookie, then weight; the first that has an opinion decides. */
final class CanaryChoice {
    private static final String ALWAYS = "always";
    private static final String NEVER = "never";

    private CanaryChoice() {}

    static boolean takes(Canary when, Headers headers, RandomGenerator random) {
        if (!when.header().isEmpty()) {
            String value = headers.get(when.header());
            if (value != null) {
                boolean ownValue = !when.headerValue().isEmpty() || when.headerPattern() != null;
                if (ownValue ? isOwnValue(when, value) : value.equals(ALWAYS)) {
                    return true;
                }
                // The words have their meaning only where no value of one's own is configured.
                if (!ownValue && value.equals(NEVER)) {
                    return false;
                }
            }
        }
        if (!when.cookie().isEmpty()) {
            String value = Cookies.get(headers, when.cookie());
            if (ALWAYS.equals(value)) {
                return true;
            }
            if (NEVER.equals(value)) {
                return false;
            }
        }
        return when.weight() > 0 && random.nextInt(when.total()) < when.weight();
    }

    private static boolean isOwnValue(Canary when, String value) {
        if (!when.headerValue().isEmpty()) {
            return value.equals(when.headerValue());
        }
        return when.headerPattern() != null && when.headerPattern().matches(value);
    }
}
