package dev.adit.exchange;

import dev.adit.balancer.PickKey;
import dev.adit.policy.HashKey;
import org.jspecify.annotations.Nullable;

/** Fills a {@link HashKey} in from a request. */
final class HashText {
    private HashText() {}

    /** The hash of the text, or 0 if it is empty: who says nothing of the kind is nobody's in particular. */
    static long hash(HashKey key, Exchange exchange) {
        StringBuilder text = new StringBuilder();
        for (HashKey.Part part : key.parts()) {
            String value = value(part, exchange);
            if (value != null) {
                text.append(value);
            }
        }
        return text.isEmpty() ? 0 : PickKey.hashOf(text);
    }

    private static @Nullable String value(HashKey.Part part, Exchange exchange) {
        RequestHead request = exchange.request();
        return switch (part.source()) {
            case TEXT -> part.name();
            case REQUEST_URI -> request.target();
            case URI -> exchange.path();
            case ARGS -> query(request.target());
            case REQUEST_METHOD -> request.method();
            case SCHEME -> exchange.client().scheme();
            case HOST -> exchange.host();
            case REMOTE_ADDR -> exchange.clientAddress();
            case HTTP -> request.headers().get(part.name());
            case COOKIE -> Cookies.get(request.headers(), part.name());
            case ARG -> parameter(query(request.target()), part.name());
        };
    }

    private static String query(String target) {
        int mark = target.indexOf('?');
        return mark < 0 ? "" : target.substring(mark + 1);
    }

    /** The value of the first parameter of that name as it came, or null. */
    private static @Nullable String parameter(String query, String name) {
        for (int start = 0; start < query.length(); ) {
            int ampersand = query.indexOf('&', start);
            int end = ampersand < 0 ? query.length() : ampersand;
            int value = start + name.length() + 1;
            if (value <= end && query.startsWith(name, start) && query.charAt(value - 1) == '=') {
                return query.substring(value, end);
            }
            start = end + 1;
        }
        return null;
    }
}
