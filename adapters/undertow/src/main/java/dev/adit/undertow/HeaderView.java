package dev.adit.undertow;

import dev.adit.exchange.Headers;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.HttpString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Undertow's header object as core sees it. Fields of one name keep their order; names have none among each other. */
record HeaderView(HeaderMap map) implements Headers {
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

    /** Whether a comma-separated list in any field of that name holds {@code token}, without case. */
    boolean lists(HttpString name, String token) {
        HeaderValues values = map.get(name);
        if (values == null) {
            return false;
        }
        for (int i = 0; i < values.size(); i++) {
            for (String element : values.get(i).split(",")) {
                if (element.strip().equalsIgnoreCase(token)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Adds what core hands out. */
    static void add(HeaderMap map, CharSequence name, CharSequence value) {
        map.add(HttpString.tryFromString(name.toString()), value.toString());
    }
}
