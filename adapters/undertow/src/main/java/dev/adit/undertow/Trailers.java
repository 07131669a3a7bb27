package dev.adit.undertow;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import org.jspecify.annotations.Nullable;

/** The trailer fields of a message that may pass. */
final class Trailers {
    private Trailers() {}

    /** Those of {@code trailers} that may pass, or null if there are none. */
    static @Nullable HeaderMap passing(@Nullable HeaderMap trailers) {
        if (trailers == null) {
            return null;
        }
        HeaderMap passing = new HeaderMap();
        for (HeaderValues values : trailers) {
            if (dev.adit.exchange.Trailers.mayPass(values.getHeaderName().toString())) {
                passing.putAll(values.getHeaderName(), values);
            }
        }
        return passing.size() == 0 ? null : passing;
    }
}
