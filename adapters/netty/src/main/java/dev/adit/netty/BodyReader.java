package dev.adit.netty;

import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Takes the body of one message after another out of the bytes of a connection, without copying it.
 *
 * <pre>
 *  chunked:   SIZE ──";"──▶ EXTENSION ──┐        a chunk extension is checked, limited and dropped
 *              ▲ │CR                    │CR
 *              │ ▼                      ▼
 *              │ SIZE_END (LF) ◀────────┘
 *              │    │ size &gt; 0      │ size = 0
 *              │    ▼               ▼
 *              │   DATA           TRAILERS ──empty line──▶ END
 *              │    │ all read
 *              │    ▼
 *              └── DATA_CR, DATA_LF
 *  counted and until close:  DATA ──all read──▶ END
 * </pre>
 */
final class BodyReader {
    /** Receives the pieces of a body and owns them. */
    @FunctionalInterface
    interface Sink {
        void data(ByteBuf data);
    }

    private enum State {
        SIZE,
        EXTENSION,
        SIZE_END,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILERS,
        END
    }

    private static final int MAX_SIZE_DIGITS = 15;
    private static final int MAX_EXTENSION = 256;

    private final NettyLimits limits;
    private State state = State.END;
    private Framing.Kind kind = Framing.Kind.NONE;
    private long remaining;
    private int digits;
    private int extension;
    private @Nullable TrailerReader trailers;

    BodyReader(NettyLimits limits) {
        this.limits = limits;
    }

    void start(Framing framing) {
        kind = framing.kind();
        remaining = kind == Framing.Kind.CLOSE ? Long.MAX_VALUE : framing.length();
        digits = 0;
        extension = 0;
        state = switch (kind) {
            case NONE -> State.END;
            case LENGTH -> remaining == 0 ? State.END : State.DATA;
            case CHUNKED -> State.SIZE;
            case CLOSE -> State.DATA;
        };
        if (trailers != null) {
            trailers.reset();
        }
    }

    boolean finished() {
        return state == State.END;
    }

    /** Whether the end of the connection is the proper end of this body. */
    boolean endsWithConnection() {
        return kind == Framing.Kind.CLOSE;
    }

    /** The trailer fields of a finished chunked body, or null if it has none. */
    @Nullable
    Fields trailers() {
        return trailers == null || trailers.fields.size() == 0 ? null : trailers.fields;
    }

    /** Reads as far as {@code in} goes, and not past the end of the body; returns whether that end was reached. */
    boolean read(ByteBuf in, Sink sink) throws BadMessageException {
        while (state != State.END && in.isReadable()) {
            if (state == State.DATA) {
                data(in, sink);
            } else if (state == State.TRAILERS) {
                if (readTrailers(in)) {
                    state = State.END;
                }
            } else {
                framing(in.readByte());
            }
        }
        return state == State.END;
    }

    private void data(ByteBuf in, Sink sink) {
        int n = (int) Math.min(remaining, in.readableBytes());
        if (kind != Framing.Kind.CLOSE) {
            remaining -= n;
        }
        ByteBuf data = in.readRetainedSlice(n);
        if (remaining == 0) {
            state = kind == Framing.Kind.CHUNKED ? State.DATA_CR : State.END;
        }
        sink.data(data);
    }

    private void framing(byte b) throws BadMessageException {
        switch (state) {
            case SIZE -> size(b);
            case EXTENSION -> extension(b);
            case SIZE_END -> {
                expect(b, '\n');
                state = remaining == 0 ? State.TRAILERS : State.DATA;
            }
            case DATA_CR -> {
                expect(b, '\r');
                state = State.DATA_LF;
            }
            default -> {
                expect(b, '\n');
                state = State.SIZE;
                digits = 0;
                extension = 0;
            }
        }
    }

    private void size(byte b) throws BadMessageException {
        int digit = Character.digit(b, 16);
        if (digit >= 0) {
            if (++digits > MAX_SIZE_DIGITS) {
                throw new BadMessageException(400, "a chunk size out of range");
            }
            remaining = remaining * 16 + digit;
        } else if (digits > 0 && b == '\r') {
            state = State.SIZE_END;
        } else if (digits > 0 && b == ';') {
            state = State.EXTENSION;
        } else {
            throw new BadMessageException(400, "not a chunk size");
        }
    }

    private void extension(byte b) throws BadMessageException {
        if (b == '\r') {
            state = State.SIZE_END;
        } else if (!HeadReader.isText(b) || ++extension > MAX_EXTENSION) {
            throw new BadMessageException(400, "a bad chunk extension");
        }
    }

    private static void expect(byte b, char wanted) throws BadMessageException {
        if (b != wanted) {
            throw new BadMessageException(400, "bad chunk framing");
        }
    }

    private boolean readTrailers(ByteBuf in) throws BadMessageException {
        if (trailers == null) {
            trailers = new TrailerReader(limits);
        }
        return Objects.requireNonNull(trailers).read(in);
    }
}
