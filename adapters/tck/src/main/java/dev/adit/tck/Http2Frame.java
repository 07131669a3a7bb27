package dev.adit.tck;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * A frame of RFC 9113 section 4.1, as a case writes it on a line and as it is on the wire.
 *
 * <pre>
 *   TYPE+FLAG+FLAG STREAM PAYLOAD        STREAM: a number, next or last; PAYLOAD: text, may be missing
 *
 *   | length (24) | type (8) | flags (8) | R stream (32) | payload |
 * </pre>
 *
 * @param type the eight bits of its type
 * @param flags the eight bits of its flags
 * @param stream its stream, 0 for the connection; the reserved bit may be set
 * @param payload what follows the head
 */
record Http2Frame(int type, int flags, int stream, byte[] payload) {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int ACK = 1;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    static final int PADDED = 8;
    static final int WITH_PRIORITY = 0x20;

    /** The longest payload that everybody takes. */
    static final int MAX_PAYLOAD = 16_384;

    static final int HEAD = 9;

    private static final List<String> TYPES = List.of(
            "DATA",
            "HEADERS",
            "PRIORITY",
            "RST_STREAM",
            "SETTINGS",
            "PUSH_PROMISE",
            "PING",
            "GOAWAY",
            "WINDOW_UPDATE",
            "CONTINUATION");
    private static final List<String> CODES = List.of(
            "NO_ERROR",
            "PROTOCOL_ERROR",
            "INTERNAL_ERROR",
            "FLOW_CONTROL_ERROR",
            "SETTINGS_TIMEOUT",
            "STREAM_CLOSED",
            "FRAME_SIZE_ERROR",
            "REFUSED_STREAM",
            "CANCEL",
            "COMPRESSION_ERROR",
            "CONNECT_ERROR",
            "ENHANCE_YOUR_CALM",
            "INADEQUATE_SECURITY",
            "HTTP_1_1_REQUIRED");
    private static final List<String> SETTING_NAMES = List.of(
            "",
            "HEADER_TABLE_SIZE",
            "ENABLE_PUSH",
            "MAX_CONCURRENT_STREAMS",
            "INITIAL_WINDOW_SIZE",
            "MAX_FRAME_SIZE",
            "MAX_HEADER_LIST_SIZE");

    static final int INITIAL_WINDOW_SIZE = SETTING_NAMES.indexOf("INITIAL_WINDOW_SIZE");

    /** Reads a line of a case. @param streams what the words {@code next} (1) and {@code last} (0) stand for */
    static Http2Frame of(String line, IntUnaryOperator streams) {
        String[] words = line.strip().split(" ", 3);
        if (words.length < 2) {
            throw new IllegalArgumentException("no frame: TYPE+FLAG STREAM PAYLOAD, not " + line);
        }
        String[] type = words[0].split("\\+");
        int flags = 0;
        for (int i = 1; i < type.length; i++) {
            flags |= flag(type[i]);
        }
        int stream = switch (words[1]) {
            case "next" -> streams.applyAsInt(1);
            case "last" -> streams.applyAsInt(0);
            default -> Long.decode(words[1]).intValue();
        };
        byte[] payload = words.length > 2 ? Text.bytes(Text.decode(words[2])) : new byte[0];
        return new Http2Frame(number(TYPES, type[0]), flags, stream, payload);
    }

    private static int flag(String name) {
        return switch (name) {
            case "END_STREAM", "ACK" -> END_STREAM;
            case "END_HEADERS" -> END_HEADERS;
            case "PADDED" -> PADDED;
            case "PRIORITY" -> WITH_PRIORITY;
            default -> Integer.decode(name);
        };
    }

    private static int number(List<String> names, String name) {
        int known = names.indexOf(name);
        return known >= 0 ? known : Integer.decode(name);
    }

    /** The number of an error code. */
    static int code(String name) {
        return number(CODES, name);
    }

    static String codeName(int code) {
        return code >= 0 && code < CODES.size() ? CODES.get(code) : Integer.toString(code);
    }

    /** SETTINGS with what a block lists, a name and a value on each line. */
    static Http2Frame settings(List<String> block) {
        ByteBuffer payload = ByteBuffer.allocate(6 * block.size());
        for (String line : block) {
            String[] words = line.strip().split("\\s+");
            if (words.length != 2) {
                throw new IllegalArgumentException("no setting and its value: " + line);
            }
            payload.putShort((short) number(SETTING_NAMES, words[0]));
            payload.putInt((int) Long.parseLong(words[1]));
        }
        return new Http2Frame(SETTINGS, 0, 0, payload.array());
    }

    /** The value of a setting in these settings, or {@code otherwise}. */
    int setting(int identifier, int otherwise) {
        int value = otherwise;
        for (int at = 0; at + 6 <= payload.length; at += 6) {
            if ((payload[at] << 8 | payload[at + 1]) == identifier) {
                value = number(at + 2);
            }
        }
        return value;
    }

    /** A frame whose payload is a number. */
    static Http2Frame ofNumber(int type, int stream, int number) {
        return new Http2Frame(
                type, 0, stream, ByteBuffer.allocate(4).putInt(number).array());
    }

    /** HEADERS and as many CONTINUATION as {@code block} needs. */
    static List<Http2Frame> headers(int stream, byte[] block, boolean end) {
        List<Http2Frame> frames = new ArrayList<>();
        int at = 0;
        do {
            int to = Math.min(block.length, at + MAX_PAYLOAD);
            int flags = (at == 0 && end ? END_STREAM : 0) | (to == block.length ? END_HEADERS : 0);
            frames.add(
                    new Http2Frame(at == 0 ? HEADERS : CONTINUATION, flags, stream, Arrays.copyOfRange(block, at, to)));
            at = to;
        } while (at < block.length);
        return frames;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** The number at {@code offset} of the payload. */
    int number(int offset) {
        return ByteBuffer.wrap(payload).getInt(offset);
    }

    /** The payload without its padding and without the priority of HEADERS. */
    byte[] content() {
        int from = has(PADDED) ? 1 : 0;
        int to = payload.length - (has(PADDED) ? payload[0] & 0xff : 0);
        from += type == HEADERS && has(WITH_PRIORITY) ? 5 : 0;
        if (from > to) {
            throw new AssertionError("more padding than payload (RFC 9113 section 6.1)");
        }
        return Arrays.copyOfRange(payload, from, to);
    }

    byte[] bytes() {
        ByteBuffer frame = ByteBuffer.allocate(HEAD + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        return frame.put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /** As a line for people. */
    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder(type < TYPES.size() ? TYPES.get(type) : "0x" + Integer.toHexString(type));
        boolean ends = type == DATA || type == HEADERS;
        text.append(ends && has(END_STREAM) ? "+END_STREAM" : "");
        text.append((type == SETTINGS || type == PING) && has(ACK) ? "+ACK" : "");
        text.append(' ').append(stream);
        if (type == RST_STREAM && payload.length == 4) {
            return text.append(' ').append(codeName(number(0))).toString();
        }
        if (type == GOAWAY && payload.length >= 8) {
            text.append(" last stream ").append(number(0)).append(' ').append(codeName(number(4)));
            return payload.length == 8 ? text.toString() : text + " " + shown(8);
        }
        if (type == WINDOW_UPDATE && payload.length == 4) {
            return text.append(' ').append(number(0)).toString();
        }
        return text.append(payload.length == 0 ? "" : " ").append(shown(0)).toString();
    }

    private String shown(int from) {
        return Text.show(Arrays.copyOfRange(payload, from, payload.length), 120)
                .strip()
                .replace("\n", "");
    }
}
