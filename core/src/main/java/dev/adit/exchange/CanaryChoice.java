package dev.adit.exchange;

import dev.adit.policy.Canary;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

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
            String value = cookie(headers, when.cookie());
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

    /** The value of the first cookie of exactly that name (RFC 6265 section 4.2), or null. */
    static @Nullable String cookie(Headers headers, String name) {
        if (headers.get("Cookie") == null) {
            return null;
        }
        List<String> fields = headers.all("Cookie");
        for (String field : fields) {
            for (int start = 0; start < field.length(); ) {
                int semicolon = field.indexOf(';', start);
                int end = semicolon < 0 ? field.length() : semicolon;
                int equals = field.indexOf('=', start);
                if (equals >= 0
                        && equals < end
                        && field.substring(start, equals).strip().equals(name)) {
                    return field.substring(equals + 1, end).strip();
                }
                start = end + 1;
            }
        }
        return null;
    }
}
