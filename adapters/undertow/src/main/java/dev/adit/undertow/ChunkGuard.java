package dev.adit.undertow;

import io.undertow.util.HeaderMap;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Follows a chunked body (RFC 9112 section 7.1) and finds the first byte that is none of it.
 *
 * <pre>
 *   SIZE ──;──▶ EXTENSION ──CR──▶ SIZE_LF ──size──▶ DATA ──▶ DATA_CR ──▶ DATA_LF ──▶ SIZE
 *     └──────────CR──────────────────▲ │
 *                                      └──0──▶ LINE ──token──▶ NAME ──:──▶ VALUE ──CR──▶ VALUE_LF ──▶ LINE
 *                                                └──CR──▶ LAST_LF ──▶ END
 *   anything else ──▶ BROKEN
 * </pre>
 */
final class ChunkGuard {
    private enum State {
        SIZE,
        EXTENSION,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        LINE,
        NAME,
        VALUE,
        VALUE_LF,
        LAST_LF,
        END,
        BROKEN
    }

    private static final int MAX_DIGITS = 12;
    private static final int MAX_EXTENSION = 4096;

    private final UndertowLimits limits;
    private State state = State.SIZE;
    private long size;
    private int digits;
    private int extension;
    private int trailerBytes;
    private int count;
    private final StringBuilder name = new StringBuilder(0);
    private final StringBuilder value = new StringBuilder(0);
    private @Nullable HeaderMap trailers;

    ChunkGuard(UndertowLimits limits) {
        this.limits = limits;
    }

    boolean isBroken() {
        return state == State.BROKEN;
    }

    boolean hasEnded() {
        return state == State.END;
    }

    /** The trailer fields of a body that has ended; null if there are none. */
    @Nullable
    HeaderMap trailers() {
        return trailers;
    }

    /** How many bytes from {@code bytes}' position on belong to the body. Does not change {@code bytes}. */
    int accept(ByteBuffer bytes) {
        int at = bytes.position();
        int end = bytes.limit();
        while (at < end && state != State.END) {
            if (state == State.DATA) {
                long step = Math.min(size, end - at);
                at += (int) step;
                size -= step;
                state = size == 0 ? State.DATA_CR : State.DATA;
                continue;
            }
            state = next(bytes.get(at));
            if (state == State.BROKEN) {
                break;
            }
            at++;
        }
        return at - bytes.position();
    }

    private State next(byte b) {
        return switch (state) {
            case SIZE -> size(b);
            case EXTENSION -> extension(b);
            case SIZE_LF -> b != '\n' ? State.BROKEN : size == 0 ? State.LINE : State.DATA;
            case DATA_CR -> b == '\r' ? State.DATA_LF : State.BROKEN;
            case DATA_LF -> b == '\n' ? begin() : State.BROKEN;
            case LINE, NAME, VALUE, VALUE_LF -> trailer(b);
            case LAST_LF -> b == '\n' ? State.END : State.BROKEN;
            case DATA, END, BROKEN -> State.BROKEN;
        };
    }

    private State begin() {
        size = 0;
        digits = 0;
        extension = 0;
        return State.SIZE;
    }

    private State size(byte b) {
        int digit = b < 0 ? -1 : Character.digit(b, 16);
        if (digit >= 0) {
            size = size << 4 | digit;
            digits++;
            return digits > MAX_DIGITS ? State.BROKEN : State.SIZE;
        }
        if (digits == 0) {
            return State.BROKEN;
        }
        return b == '\r' ? State.SIZE_LF : b == ';' ? State.EXTENSION : State.BROKEN;
    }

    private State extension(byte b) {
        if (b == '\r') {
            return State.SIZE_LF;
        }
        extension++;
        return Octets.isText(b) && extension <= MAX_EXTENSION ? State.EXTENSION : State.BROKEN;
    }

    private State trailer(byte b) {
        trailerBytes++;
        if (trailerBytes > limits.headerBytes()) {
            return State.BROKEN;
        }
        return switch (state) {
            case LINE -> {
                count++;
                yield b == '\r' ? State.LAST_LF : count > limits.headerFields() ? State.BROKEN : name(b);
            }
            case NAME -> b == ':' ? State.VALUE : name(b);
            case VALUE -> b == '\r' ? State.VALUE_LF : value(b);
            default -> b == '\n' ? add() : State.BROKEN;
        };
    }

    private State name(byte b) {
        name.append((char) (b & 0xff));
        return Octets.isToken(b) ? State.NAME : State.BROKEN;
    }

    private State value(byte b) {
        value.append((char) (b & 0xff));
        return Octets.isText(b) ? State.VALUE : State.BROKEN;
    }

    private State add() {
        HeaderMap all = trailers == null ? new HeaderMap() : trailers;
        HeaderView.add(all, name, value.toString().strip());
        trailers = all;
        name.setLength(0);
        value.setLength(0);
        return State.LINE;
    }
}
