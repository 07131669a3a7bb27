package dev.adit.tck;

import dev.adit.tck.Message.Field;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The header blocks of RFC 7541. Writes every field as a literal that nobody has to remember; reads whatever a transport
 * may write, and keeps the table for one direction of one connection. Not the codec of any transport on trial, so that no
 * mistake of theirs is shared.
 */
final class Hpack {
    private static final int TABLE_SIZE = 4096;
    private static final int OVERHEAD = 32;

    private static final List<Field> STATIC = fields("""
            :authority
            :method: GET
            :method: POST
            :path: /
            :path: /index.html
            :scheme: http
            :scheme: https
            :status: 200
            :status: 204
            :status: 206
            :status: 304
            :status: 400
            :status: 404
            :status: 500
            accept-charset
            accept-encoding: gzip, deflate
            accept-language
            accept-ranges
            accept
            access-control-allow-origin
            age
            allow
            authorization
            cache-control
            content-disposition
            content-encoding
            content-language
            content-length
            content-location
            content-range
            content-type
            cookie
            date
            etag
            expect
            expires
            from
            host
            if-match
            if-modified-since
            if-none-match
            if-range
            if-unmodified-since
            last-modified
            link
            location
            max-forwards
            proxy-authenticate
            proxy-authorization
            range
            referer
            refresh
            retry-after
            server
            set-cookie
            strict-transport-security
            transfer-encoding
            user-agent
            vary
            via
            www-authenticate
            """);

    /** The newest first. */
    private final List<Field> dynamic = new ArrayList<>();

    private int limit = TABLE_SIZE;
    private byte[] block = {};
    private int at;

    private static List<Field> fields(String lines) {
        return lines.lines()
                .map(line -> {
                    int colon = line.indexOf(": ");
                    return colon < 0
                            ? new Field(line, "")
                            : new Field(line.substring(0, colon), line.substring(colon + 2));
                })
                .toList();
    }

    // Writing

    static byte[] encode(List<Field> fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Field field : fields) {
            out.write(0);
            encode(field.name(), out);
            encode(field.value(), out);
        }
        return out.toByteArray();
    }

    /** A string of RFC 7541 section 5.2, as it is. */
    private static void encode(String text, ByteArrayOutputStream out) {
        byte[] bytes = Text.bytes(text);
        int rest = bytes.length;
        if (rest < 0x7f) {
            out.write(rest);
        } else {
            out.write(0x7f);
            for (rest -= 0x7f; rest >= 0x80; rest >>= 7) {
                out.write(rest & 0x7f | 0x80);
            }
            out.write(rest);
        }
        out.writeBytes(bytes);
    }

    // Reading

    /** @throws AssertionError if that is no header block */
    List<Field> decode(byte[] bytes) {
        block = bytes;
        at = 0;
        List<Field> fields = new ArrayList<>();
        while (at < block.length) {
            int first = block[at] & 0xff;
            if (first >= 0x80) {
                fields.add(entry(number(7)));
            } else if (first >= 0x40) {
                Field field = literal(6);
                remember(field);
                fields.add(field);
            } else if (first >= 0x20) {
                resize(number(5));
            } else {
                fields.add(literal(4));
            }
        }
        return fields;
    }

    private Field literal(int bits) {
        int index = number(bits);
        return new Field(index == 0 ? string() : entry(index).name(), string());
    }

    private Field entry(int index) {
        require(index > 0 && index <= STATIC.size() + dynamic.size(), "an index of nothing");
        return index <= STATIC.size() ? STATIC.get(index - 1) : dynamic.get(index - STATIC.size() - 1);
    }

    private int next() {
        require(at < block.length, "a header block that breaks off");
        return block[at++] & 0xff;
    }

    /** A number whose first {@code bits} bits are the last ones of the next byte (RFC 7541 section 5.1). */
    private int number(int bits) {
        int most = (1 << bits) - 1;
        long value = next() & most;
        if (value == most) {
            int shift = 0;
            int more = 0x80;
            while ((more & 0x80) != 0) {
                more = next();
                value += (long) (more & 0x7f) << shift;
                shift += 7;
                require(shift <= 28, "a number too large");
            }
        }
        return (int) value;
    }

    private String string() {
        require(at < block.length, "a header block that breaks off");
        boolean huffman = (block[at] & 0x80) != 0;
        int length = number(7);
        require(length <= block.length - at, "a string that breaks off");
        byte[] bytes = Arrays.copyOfRange(block, at, at + length);
        at += length;
        return huffman ? Huffman.decode(bytes) : new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private void remember(Field field) {
        dynamic.add(0, field);
        evict();
    }

    private void resize(int size) {
        require(size <= TABLE_SIZE, "a table larger than we allow");
        limit = size;
        evict();
    }

    private void evict() {
        int size = dynamic.stream()
                .mapToInt(field -> field.name().length() + field.value().length() + OVERHEAD)
                .sum();
        while (size > limit) {
            Field oldest = dynamic.remove(dynamic.size() - 1);
            size -= oldest.name().length() + oldest.value().length() + OVERHEAD;
        }
    }

    private static void require(boolean kept, String what) {
        if (!kept) {
            throw new AssertionError(what + " (RFC 7541)");
        }
    }
}
