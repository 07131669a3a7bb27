package dev.adit.undertow;

import dev.adit.exchange.Headers;
import dev.adit.exchange.Trailers;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.HttpString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Undertow's header object as core sees it. Fields of one name keep their order; names have none among each other. */
record HeaderView(HeaderMap map) implements Headers {
    private static final int MOST_OF_ONE_NAME = 100;

    @Override
    public @Nullable String get(String name) {
        return map.getFirst(name);
    }

    @Override
    public List<String> all(String name) {
        HeaderValues values = map.get(name);
        return values == null ? List.of() : values;
    }

    @Override
    public int count(String name) {
        HeaderValues values = map.get(name);
        return values == null ? 0 : values.size();
    }

    @Override
    public void forEach(Visitor visitor) {
        for (long at = map.fastIterate(); at != -1; at = map.fiNext(at)) {
            HeaderValues values = map.fiCurrent(at);
            String name = values.getHeaderName().toString();
            for (int i = 0; i < values.size(); i++) {
                visitor.field(name, values.get(i));
            }
        }
    }

    /** A copy of {@code headers}, which may be reused. */
    static HeaderView copyOf(Headers headers) {
        HeaderMap copy = new HeaderMap();
        headers.forEach((name, value) -> add(copy, name, value));
        return new HeaderView(copy);
    }

    /** Whether a comma-separated list in any field of that name holds {@code token}, without case. */
    static boolean lists(Headers headers, String name, String token) {
        if (headers.get(name) == null) {
            return false;
        }
        for (String list : headers.all(name)) {
            for (String element : list.split(",")) {
                if (element.strip().equalsIgnoreCase(token)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Those of {@code trailers} that may pass, or null if there are none. */
    static @Nullable HeaderMap passing(@Nullable Headers trailers) {
        if (trailers == null) {
            return null;
        }
        HeaderMap passing = new HeaderMap();
        trailers.forEach((name, value) -> {
            if (Trailers.mayPass(name)) {
                add(passing, name, value);
            }
        });
        return passing.size() == 0 ? null : passing;
    }

    /** Adds a field. Undertow holds a hundred or so of one name: what is more becomes part of the last (RFC 9110 section 5.3). */
    static void add(HeaderMap map, CharSequence name, CharSequence value) {
        HttpString key = HttpString.tryFromString(name.toString());
        if (map.count(key) < MOST_OF_ONE_NAME) {
            map.add(key, value.toString());
        } else {
            HeaderValues values = map.get(key);
            values.addLast(values.removeLast() + ", " + value);
        }
    }
}
