package dev.adit;

import dev.adit.exchange.Headers;
import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.RequestHead;
import dev.adit.exchange.RequestSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request head in memory, and a list of header fields that can be written to and read from. */
public record TestRequest(
        String method,
        String target,
        HttpVersion version,
        @Nullable String authority,
        Fields headers) implements RequestHead {

    public static TestRequest get(String host, String target) {
        return new TestRequest("GET", target, HttpVersion.HTTP_1_1, null, new Fields().with("Host", host));
    }

    /** Header fields in order. */
    public static final class Fields implements Headers, RequestSink {
        private final List<Map.Entry<String, String>> list = new ArrayList<>();
        public String method = "";
        public String target = "";

        public Fields with(String name, String value) {
            list.add(Map.entry(name, value));
            return this;
        }

        @Override
        public @Nullable String get(String name) {
            List<String> all = all(name);
            return all.isEmpty() ? null : all.get(0);
        }

        @Override
        public List<String> all(String name) {
            return list.stream()
                    .filter(e -> e.getKey().equalsIgnoreCase(name))
                    .map(Map.Entry::getValue)
                    .toList();
        }

        @Override
        public void forEach(Visitor visitor) {
            list.forEach(e -> visitor.field(e.getKey(), e.getValue()));
        }

        @Override
        public void start(String m, String t) {
            method = m;
            target = t;
        }

        @Override
        public void field(CharSequence name, CharSequence value) {
            with(name.toString(), value.toString());
        }

        @Override
        public String toString() {
            return list.toString();
        }
    }
}
