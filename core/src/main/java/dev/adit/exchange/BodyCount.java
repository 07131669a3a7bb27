package dev.adit.exchange;

import dev.adit.policy.Redirect;
import dev.adit.route.RoutePolicies;
import org.jspecify.annotations.Nullable;

/** Counts the body of a request that may not be longer than its route allows. */
final class BodyCount {
    private long left;

    private BodyCount(long most) {
        left = most;
    }

    /** Has the body counted if it may not have any length. Returns false if its head says already that it is too long. */
    static boolean begin(Exchange exchange, RoutePolicies policies) {
        long most = policies.bodyLimit().bytes();
        if (most == 0) {
            return true;
        }
        exchange.detour().body = new BodyCount(most);
        Redirect redirect = policies.redirect();
        // Who is only sent to the root of the application is sent there.
        boolean toRoot = redirect != null && redirect.target() instanceof Redirect.Path;
        return toRoot || announced(exchange.request().headers().get("Content-Length")) <= most;
    }

    /** What is not a length is the transport's to refuse. */
    private static long announced(@Nullable String length) {
        long bytes = 0;
        for (int i = 0; length != null && i < length.length(); i++) {
            int digit = length.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return 0;
            }
            bytes = bytes > Long.MAX_VALUE / 10 - 1 ? Long.MAX_VALUE : bytes * 10 + digit;
        }
        return bytes;
    }

    /** Whether {@code bytes} more may pass. */
    boolean takes(int bytes) {
        left -= bytes;
        return left >= 0;
    }
}
