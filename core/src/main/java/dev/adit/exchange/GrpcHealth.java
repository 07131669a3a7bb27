package dev.adit.exchange;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The one call of gRPC's health checking protocol that is made here, {@code grpc.health.v1.Health/Check}: a text goes out, a
 * number comes back.
 *
 * <pre>
 *  request   00 | length of what follows, 4 bytes | 0a | length | name of a service        without a name: nothing follows
 *  answer    00 | length of what follows, 4 bytes | 08 | status                            status 0: nothing follows
 * </pre>
 *
 * @see <a href="https://github.com/grpc/grpc/blob/master/doc/health-checking.md">The protocol</a>, and
 *     <a href="https://protobuf.dev/programming-guides/encoding/">how its messages are written</a>
 */
final class GrpcHealth {
    static final String TARGET = "/grpc.health.v1.Health/Check";
    static final String SERVING = "serving";
    /** Far more than an answer has. */
    static final int ANSWER_BYTES = 1024;

    private static final int PREFIX = 5;
    private static final int NAME = 1 << 3 | 2;
    private static final int STATUS = 1 << 3;

    private GrpcHealth() {}

    /** The request's body. @param service of at most 127 characters of ASCII; empty for the server as a whole */
    static ByteBuffer request(String service) {
        byte[] name = service.getBytes(StandardCharsets.US_ASCII);
        int length = name.length == 0 ? 0 : 2 + name.length;
        ByteBuffer body = ByteBuffer.allocate(PREFIX + length).put((byte) 0).putInt(length);
        if (length > 0) {
            body.put((byte) NAME).put((byte) name.length).put(name);
        }
        return body.flip();
    }

    /** What {@code answer} says, in words for operators: {@link #SERVING}, or what is wrong. */
    static String read(ConsultAnswer answer) {
        if (answer.status() != 200) {
            return "status " + answer.status();
        }
        Headers trailers = answer.trailers();
        // Without a message the status comes with the head.
        String status = trailers == null ? null : trailers.get("grpc-status");
        status = status == null ? answer.headers().get("grpc-status") : status;
        if (status == null || !status.matches("[0-9]{1,2}")) {
            return "no grpc-status";
        }
        return status.equals("0") ? health(answer.body()) : "grpc-status " + status;
    }

    private static String health(byte[] body) {
        ByteBuffer in = ByteBuffer.wrap(body);
        if (in.remaining() < PREFIX || in.get() != 0 || in.getInt() != in.remaining()) {
            return "no message";
        }
        Long status = status(in);
        if (status == null) {
            return "no message";
        }
        return switch ((int) Math.min(status, Byte.MAX_VALUE)) {
            case 0 -> "unknown";
            case 1 -> SERVING;
            case 2 -> "not serving";
            case 3 -> "unknown service";
            default -> "an unknown status of health";
        };
    }

    /** The last status in {@code message}, 0 if there is none, and null if this is no message. Fields that nobody knows are skipped. */
    private static @Nullable Long status(ByteBuffer message) {
        long status = 0;
        while (message.hasRemaining()) {
            long key = number(message);
            boolean counted = (key & 7) == 2;
            long value = (key & 7) == 0 || counted ? number(message) : 0;
            long skipped = counted ? value : (key & 7) == 1 ? 8 : (key & 7) == 5 ? 4 : 0;
            boolean known = (key & 7) <= 2 || (key & 7) == 5;
            if (key < 0 || value < 0 || !known || skipped > message.remaining()) {
                return null;
            }
            message.position(message.position() + (int) skipped);
            status = key == STATUS ? value : status;
        }
        return status;
    }

    /** The next variable-length number, or -1 if there is none below 2^63. */
    private static long number(ByteBuffer in) {
        long number = 0;
        for (int shift = 0; shift < 63 && in.hasRemaining(); shift += 7) {
            byte next = in.get();
            number |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return number;
            }
        }
        return -1;
    }
}
