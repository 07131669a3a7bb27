package dev.adit.standalone;

import dev.adit.exchange.Headers;
import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.RequestHead;
import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A request as one line of JSON describes it, in place of one that came over a socket.
 *
 * @param id whatever the line calls it, or null
 * @param secure whether the scheme is {@code https}
 * @param authority the {@code :authority} of HTTP/2, or null for HTTP/1.1
 * @param fields the header fields, {@code Host} among them
 * @param clientIp address of the peer
 * @param serverName the name in the TLS hello, or null if it has none
 */
record LineRequest(
        @Nullable JsonNode id,
        String method,
        boolean secure,
        String target,
        @Nullable String authority,
        List<Map.Entry<String, String>> fields,
        String clientIp,
        @Nullable String serverName)
        implements RequestHead, Headers {
    private static final String AUTHORITY = ":authority";

    /** A line that describes no request. */
    static final class BadLineException extends Exception {
        private static final long serialVersionUID = 1;

        private final transient @Nullable JsonNode id;

        BadLineException(@Nullable JsonNode id, String message) {
            super(message);
            this.id = id;
        }

        /** The line's id as far as it could be read. */
        @Nullable
        JsonNode id() {
            return id;
        }
    }

    /** Reads a line: {@code {"id","method","scheme","host","path","headers","clientIp","sni"}}, every field optional. */
    static LineRequest parse(String line) throws BadLineException {
        JsonNode node;
        try {
            node = Json.MAPPER.readTree(line);
        } catch (JacksonException e) {
            throw new BadLineException(null, "not JSON: " + e.getOriginalMessage());
        }
        JsonNode id = node.get("id");
        if (!node.isObject()) {
            throw new BadLineException(null, "not a JSON object");
        }
        String scheme = text(node, "scheme", "http", id);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new BadLineException(id, "scheme must be http or https");
        }
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        String host = nullable(node, "host", null, id);
        if (host != null) {
            fields.add(Map.entry("Host", host));
        }
        String authority = readHeaders(node.get("headers"), fields, id);
        String name = authority != null ? authority : host;
        String clientIp = text(node, "clientIp", "127.0.0.1", id);
        if (!NetUtil.isValidIpV4Address(clientIp) && !NetUtil.isValidIpV6Address(clientIp)) {
            throw new BadLineException(id, "clientIp must be an IP address");
        }
        return new LineRequest(
                id,
                text(node, "method", "GET", id),
                scheme.equals("https"),
                text(node, "path", "/", id),
                authority,
                List.copyOf(fields),
                clientIp,
                nullable(node, "sni", name == null ? null : withoutPort(name), id));
    }

    /** Adds the header fields and returns the one that is a pseudo-header. */
    private static @Nullable String readHeaders(
            @Nullable JsonNode headers, List<Map.Entry<String, String>> fields, @Nullable JsonNode id)
            throws BadLineException {
        String authority = null;
        if (headers == null || headers.isNull()) {
            return null;
        }
        if (!headers.isObject()) {
            throw new BadLineException(id, "headers must be an object");
        }
        for (Map.Entry<String, JsonNode> header : headers.properties()) {
            Iterable<JsonNode> values = header.getValue().isArray() ? header.getValue() : List.of(header.getValue());
            for (JsonNode value : values) {
                if (!value.isString()) {
                    throw new BadLineException(
                            id, "headers." + header.getKey() + " must be a string or a list of strings");
                }
                if (header.getKey().equals(AUTHORITY)) {
                    authority = value.stringValue();
                } else {
                    fields.add(Map.entry(header.getKey(), value.stringValue()));
                }
            }
        }
        return authority;
    }

    private static String text(JsonNode node, String field, String otherwise, @Nullable JsonNode id)
            throws BadLineException {
        String value = nullable(node, field, otherwise, id);
        if (value == null) {
            throw new BadLineException(id, field + " must not be null");
        }
        return value;
    }

    private static @Nullable String nullable(
            JsonNode node, String field, @Nullable String otherwise, @Nullable JsonNode id) throws BadLineException {
        JsonNode value = node.get(field);
        if (value == null) {
            return otherwise;
        }
        if (value.isNull()) {
            return null;
        }
        if (!value.isString()) {
            throw new BadLineException(id, field + " must be a string");
        }
        return value.stringValue();
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon < 0 || host.endsWith("]") ? host : host.substring(0, colon);
    }

    @Override
    public HttpVersion version() {
        return authority == null ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_2;
    }

    @Override
    public Headers headers() {
        return this;
    }

    @Override
    public @Nullable String get(String name) {
        for (Map.Entry<String, String> field : fields) {
            if (field.getKey().equalsIgnoreCase(name)) {
                return field.getValue();
            }
        }
        return null;
    }

    @Override
    public List<String> all(String name) {
        return fields.stream()
                .filter(f -> f.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .toList();
    }

    @Override
    public void forEach(Visitor visitor) {
        fields.forEach(f -> visitor.field(f.getKey(), f.getValue()));
    }
}
