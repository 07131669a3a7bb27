package dev.adit.wire;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the end of one body after another in the bytes of a connection, and what in them is data. Copies nothing but trailer
 * fields.
 *
 * <pre>
 *  chunked:   SIZE ──";"──▶ EXTENSION ──┐        a chunk extension is checked, limited and dropped
 *              ▲ │CR                    │CR
 *              │ ▼                      ▼
 *              │ SIZE_END (LF) ◀────────┘
 *              │    │ size &gt; 0      │ size = 0
 *              │    ▼               ▼
 *              │   DATA           TRAILERS ──empty line──▶ END
 *              │    │ all taken
 *              │    ▼
 *              └── DATA_CR, DATA_LF
 *  counted and until close:  DATA ──all taken──▶ END
 * </pre>
 *
 * Who passes a body on as it came asks {@link #follow}. Who passes only its data on asks {@link #data}, and hands in what
 * is between. After a refusal it reads nothing more. Not thread-safe.
 */
public final class BodyReader {
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

    private final MessageLimits limits;
    private State state = State.END;
    private Framing.Kind kind = Framing.Kind.NONE;
    private long remaining;
    private int digits;
    private int extension;
    private @Nullable TrailerReader trailers;

    /** A reader that refuses trailers that break {@code limits}. */
    public BodyReader(MessageLimits limits) {
        this.limits = limits;
    }

    /** Starts with a body of this framing. */
    public void start(Framing framing) {
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

    /** Whether the body's end was reached; before the first body it is. */
    public boolean finished() {
        return state == State.END;
    }

    /** Whether the end of the connection is the proper end of this body. */
    public boolean endsWithConnection() {
        return kind == Framing.Kind.CLOSE;
    }

    /** The trailer fields of a finished chunked body, or null if it has none. They are reused for the next body. */
    public @Nullable Fields trailers() {
        return trailers == null || trailers.fields.size() == 0 ? null : trailers.fields;
    }

    /**
     * Moves {@code in}'s position past what belongs to the body, its framing included, and not past its end; returns whether
     * that end was reached.
     *
     * @throws BadMessageException if what stands at {@code in}'s position now is none of it
     */
    public boolean follow(ByteBuffer in) throws BadMessageException {
        while (state != State.END && in.hasRemaining()) {
            int at = in.position();
            if (state == State.DATA) {
                int n = (int) Math.min(remaining, in.remaining());
                in.position(at + n);
                took(n);
            } else {
                framing(in.get(at));
                in.position(at + 1);
            }
        }
        return state == State.END;
    }

    /** How many bytes of data come next; 0 if what comes next is {@link #framing}, or nothing. */
    public long data() {
        return state == State.DATA ? remaining : 0;
    }

    /** So many bytes of {@link #data} were taken. */
    public void took(long n) {
        if (kind != Framing.Kind.CLOSE) {
            remaining -= n;
            if (remaining == 0) {
                state = kind == Framing.Kind.CHUNKED ? State.DATA_CR : State.END;
            }
        }
    }

    /**
     * Reads the next byte of a body that is not finished, which is not {@link #data}.
     *
     * @throws BadMessageException if it cannot stand here
     */
    public void framing(byte b) throws BadMessageException {
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
            case DATA_LF -> {
                expect(b, '\n');
                state = State.SIZE;
                digits = 0;
                extension = 0;
            }
            case TRAILERS -> trailer(b);
            case DATA, END -> throw new IllegalStateException("no framing comes next");
        }
    }

    private void size(byte b) throws BadMessageException {
        int digit = Character.digit(b, 16);
        if (digit >= 0) {
            if (++digits > MAX_SIZE_DIGITS) {
                throw new BadMessageException("a chunk size out of range");
            }
            remaining = remaining * 16 + digit;
        } else if (digits > 0 && b == '\r') {
            state = State.SIZE_END;
        } else if (digits > 0 && b == ';') {
            state = State.EXTENSION;
        } else {
            throw new BadMessageException("not a chunk size");
        }
    }

    private void extension(byte b) throws BadMessageException {
        if (b == '\r') {
            state = State.SIZE_END;
        } else if (!Grammar.isText(b) || ++extension > MAX_EXTENSION) {
            throw new BadMessageException("a bad chunk extension");
        }
    }

    private static void expect(byte b, char wanted) throws BadMessageException {
        if (b != wanted) {
            throw new BadMessageException("bad chunk framing");
        }
    }

    private void trailer(byte b) throws BadMessageException {
        if (trailers == null) {
            trailers = new TrailerReader(limits);
        }
        if (Objects.requireNonNull(trailers).take(b)) {
            state = State.END;
        }
    }
}
