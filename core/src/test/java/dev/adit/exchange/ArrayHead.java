package dev.adit.exchange;

import java.util.ArrayList;
import java.util.List;

/** A request or response head whose fields are one array of names and values in turn. */
record ArrayHead(String method, String target, HttpVersion version, String authority, int status, String[] fields)
        implements RequestHead, ResponseHead, Headers {

    static ArrayHead to(String target, String... fields) {
        return request("GET", target, fields);
    }

    static ArrayHead request(String method, String target, String... fields) {
        return new ArrayHead(method, target, HttpVersion.HTTP_1_1, null, 0, fields);
    }

    static ArrayHead response(int status, String... fields) {
        return new ArrayHead("", "", HttpVersion.HTTP_1_1, null, status, fields);
    }

    ArrayHead over(HttpVersion other) {
        return new ArrayHead(method, target, other, authority, status, fields);
    }

    ArrayHead http2(String pseudoAuthority) {
        return new ArrayHead(method, target, HttpVersion.HTTP_2, pseudoAuthority, status, fields);
    }

    @Override
    public Headers headers() {
        return this;
    }

    @Override
    public String get(String name) {
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i].equalsIgnoreCase(name)) {
                return fields[i + 1];
            }
        }
        return null;
    }

    @Override
    public List<String> all(String name) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i].equalsIgnoreCase(name)) {
                values.add(fields[i + 1]);
            }
        }
        return values;
    }

    @Override
    public int count(String name) {
        int count = 0;
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i].equalsIgnoreCase(name)) {
                count++;
            }
        }
        return count;
    }

    @Override
    public void forEach(Visitor visitor) {
        for (int i = 0; i < fields.length; i += 2) {
            visitor.field(fields[i], fields[i + 1]);
        }
    }
}
