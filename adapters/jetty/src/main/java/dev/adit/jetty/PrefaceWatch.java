package dev.adit.jetty;

import dev.adit.wire.Preface;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Looks whether a connection begins with HTTP/2's preface, and keeps what it looked at. */
final class PrefaceWatch {
    private static final int LENGTH = 24;

    private final byte[] bytes = new byte[LENGTH];
    private int length;
    private Preface found = Preface.POSSIBLE;

    /** Whether it is known that the connection does not begin with one. */
    boolean isDecided() {
        return found == Preface.ABSENT;
    }

    boolean isPresent() {
        return found == Preface.PRESENT;
    }

    /** Whether what was seen, if anything, leaves it open. */
    boolean isBegun() {
        return found == Preface.POSSIBLE && length > 0;
    }

    /** Takes a look at more bytes, and takes those that match; returns whether it is known now that this is none. */
    boolean look(ByteBuffer in) {
        while (found == Preface.POSSIBLE && in.hasRemaining()) {
            bytes[length] = in.get(in.position());
            found = Preface.in(bytes, 0, length + 1);
            if (found != Preface.ABSENT) {
                in.get();
                length++;
            }
        }
        return found == Preface.ABSENT;
    }

    /** What was taken. */
    ByteBuffer seen() {
        return ByteBuffer.wrap(bytes, 0, length);
    }

    /** What was taken, and {@code rest} behind it. */
    ByteBuffer seenBefore(@Nullable ByteBuffer rest) {
        ByteBuffer all = ByteBuffer.allocate(length + (rest == null ? 0 : rest.remaining()));
        all.put(seen());
        if (rest != null) {
            all.put(rest);
        }
        return all.flip();
    }
}
