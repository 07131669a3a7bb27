package dev.adit.wire;

import dev.adit.exchange.Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The header or trailer fields of one message: its bytes and where the fields lie in them. Reused from message to
 * message; nothing becomes a string before somebody asks.
 *
 * <pre>
 *  bytes  GET / HTTP/1.1␍␊Host: a.test␍␊Accept: *&#47;*␍␊␍␊
 *                         │  │ │    │
 *  index                  ns ne vs   ve │ ns ne vs ve │ ...        four numbers for a field
 * </pre>
 */
public final class Fields implements Headers {
    private static final int STRIDE = 4;
    private static final int NAME_END = 1;
    private static final int VALUE = 2;
    private static final int VALUE_END = 3;
    /** What a kept connection may hold on to between two messages, in bytes. */
    private static final int KEPT = 4096;

    byte[] bytes;
    int length;

    private int[] index;
    private int count;
    private final Octets name = new Octets();
    private final Octets value = new Octets();

    /** Room for the usual message; it grows. */
    Fields() {
        this(1024, 24);
    }

    /** Room for {@code fields} fields of {@code capacity} bytes together. It grows. */
    public Fields(int capacity, int fields) {
        bytes = new byte[capacity];
        index = new int[Math.max(1, fields) * STRIDE];
    }

    void clear() {
        count = 0;
        length = 0;
        if (bytes.length > KEPT) {
            bytes = new byte[KEPT];
        }
    }

    void ensureCapacity(int capacity) {
        if (capacity > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(capacity, bytes.length * 2));
        }
    }

    /** How many fields there are. */
    public int size() {
        return count;
    }

    @Override
    public int count(String name) {
        int found = 0;
        for (int field = find(name, 0); field >= 0; field = find(name, field + 1)) {
            found++;
        }
        return found;
    }

    void add(int name, int nameEnd, int value, int valueEnd) {
        int at = count * STRIDE;
        if (at == index.length) {
            index = Arrays.copyOf(index, at * 2);
        }
        index[at] = name;
        index[at + NAME_END] = nameEnd;
        index[at + VALUE] = value;
        index[at + VALUE_END] = valueEnd;
        count++;
    }

    /**
     * Adds a field whose name and value were appended just now: the name stands from {@code name} to {@code value}, and the
     * value from there to {@link #length}.
     */
    public void add(int name, int value) {
        add(name, value, value, length);
    }

    /** Appends the octets of {@code text} to the bytes, for {@link #add}. */
    public void append(CharSequence text) {
        int n = text.length();
        ensureCapacity(length + n);
        for (int i = 0; i < n; i++) {
            bytes[length + i] = (byte) text.charAt(i);
        }
        length += n;
    }

    /** Appends {@code count} octets of {@code source} from {@code from} on to the bytes, for {@link #add}. */
    public void append(byte[] source, int from, int count) {
        ensureCapacity(length + count);
        System.arraycopy(source, from, bytes, length, count);
        length += count;
    }

    /** How many bytes there are. */
    public int length() {
        return length;
    }

    /** One of the bytes. */
    public byte octet(int at) {
        return bytes[at];
    }

    /** The next field called {@code name} at or after field {@code from}, or -1. */
    public int find(String name, int from) {
        for (int i = from; i < count; i++) {
            if (isNamed(index[i * STRIDE], index[i * STRIDE + NAME_END], name)) {
                return i;
            }
        }
        return -1;
    }

    private boolean isNamed(int start, int end, String name) {
        if (end - start != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (lower(bytes[start + i]) != lower((byte) name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
    }

    /** The value of a field that {@link #find} found. */
    public String value(int field) {
        int start = index[field * STRIDE + VALUE];
        return new String(bytes, start, index[field * STRIDE + VALUE_END] - start, StandardCharsets.ISO_8859_1);
    }

    /** Whether the comma-separated list in every field called {@code name} holds {@code token}, which is in lower case. */
    public boolean lists(String name, String token) {
        for (int i = find(name, 0); i >= 0; i = find(name, i + 1)) {
            int end = index[i * STRIDE + VALUE_END];
            int start = index[i * STRIDE + VALUE];
            for (int at = start; at <= end; at++) {
                if (at == end || bytes[at] == ',') {
                    if (isToken(start, at, token)) {
                        return true;
                    }
                    start = at + 1;
                }
            }
        }
        return false;
    }

    private boolean isToken(int start, int end, String token) {
        int from = start;
        int to = end;
        while (from < to && Grammar.isBlank(bytes[from])) {
            from++;
        }
        while (to > from && Grammar.isBlank(bytes[to - 1])) {
            to--;
        }
        if (to - from != token.length()) {
            return false;
        }
        for (int i = 0; i < token.length(); i++) {
            if (lower(bytes[from + i]) != token.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public @Nullable String get(String name) {
        int field = find(name, 0);
        return field < 0 ? null : value(field);
    }

    @Override
    public List<String> all(String name) {
        int field = find(name, 0);
        if (field < 0) {
            return List.of();
        }
        List<String> values = new ArrayList<>(2);
        for (; field >= 0; field = find(name, field + 1)) {
            values.add(value(field));
        }
        return values;
    }

    @Override
    public void forEach(Visitor visitor) {
        for (int at = 0; at < count * STRIDE; at += STRIDE) {
            visitor.field(
                    name.move(bytes, index[at], index[at + NAME_END]),
                    value.move(bytes, index[at + VALUE], index[at + VALUE_END]));
        }
    }
}
