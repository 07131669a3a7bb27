package dev.adit.undertow;

import dev.adit.wire.FrameBudget;
import io.undertow.protocols.http2.ConnectionErrorException;
import io.undertow.protocols.http2.Http2Channel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Reads the frames of one client's HTTP/2 connection before Undertow does. Undertow takes the first frame of a head for all of
 * it when the rest has not come yet, ends the connection for data that were on their way when their stream was reset, breaks
 * every stream off when the client says that it will open no more, and does any amount of work that moves no request.
 *
 * <pre>
 *   preface ──24 octets──▶ head ──9 octets──▶ payload ──▶ head
 *                           │                    └ passed on, or left out
 *                           └ a rule broken, or the budget spent ──▶ the connection ends with GOAWAY
 * </pre>
 *
 * What does not stand for itself yet is kept for the next read: a part of a frame's head, and the last octet of a frame that
 * another one must continue. Confined to the IO thread.
 */
final class Http2Guard extends GuardConduit {
    /** What becomes of frames that do not concern the guard alone. */
    interface Streams {
        /** Octets came that nobody will read. */
        void unread(int octets) throws IOException;

        /** Data came on a stream that the client had ended. */
        void afterEnd(int stream);

        /** The client will open no more streams. */
        void clientLeaves();
    }

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;

    private static final int PREFACE = 24;
    private static final int HEAD = 9;
    private static final int MOST_KNOWN = 1000;
    private static final long REFILL_NANOS = 200_000_000;

    final FrameBudget budget = new FrameBudget();
    private final Streams streams;
    /** Streams that the client may still send data on. */
    private final Set<Integer> receiving = new HashSet<>();
    /** What was passed on of the data of a stream and not taken yet. */
    private final Map<Integer, Integer> untaken = new HashMap<>();
    /** The last streams that were reset by us: the client may not know yet. */
    private final Set<Integer> reset = new LinkedHashSet<>();

    private final byte[] kept = new byte[HEAD];
    private int keptCount;
    /** The head of the frame that comes next. */
    private final byte[] head = new byte[HEAD];

    private int headCount;
    private int preface = PREFACE;
    /** What is left of the payload of the frame under way. */
    private int payload;

    private boolean leftOut;
    /** The stream whose head is to be continued, or 0. */
    private int continued;

    /** The highest number of a stream that the client opened. */
    private int lastStream;

    private long refilled = System.nanoTime();

    Http2Guard(StreamSourceConduit next, Streams streams) {
        super(next);
        this.streams = streams;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        int start = to.position();
        if (to.remaining() <= keptCount) {
            return 0;
        }
        refill();
        int read;
        do {
            to.position(start);
            to.put(kept, 0, keptCount);
            read = next.read(to);
            if (read <= 0) {
                to.position(start);
                return read;
            }
            filter(to, start);
        } while (to.position() == start);
        return to.position() - start;
    }

    private void refill() {
        long elapsed = (System.nanoTime() - refilled) / REFILL_NANOS;
        if (elapsed > 0) {
            refilled += elapsed * REFILL_NANOS;
            budget.earn((int) Math.min(elapsed, FrameBudget.CAPACITY) * FrameBudget.REFILL);
        }
    }

    /** Leaves out of {@code bytes}, from {@code start} to the position, what Undertow is not to see. */
    private void filter(ByteBuffer bytes, int start) throws IOException {
        int end = bytes.position();
        int at = start;
        int to = start;
        while (at < end) {
            int count = next(bytes, at, end);
            if (count == 0) {
                break;
            }
            if (!leftOut) {
                if (to != at) {
                    bytes.put(to, bytes, at, count);
                }
                to += count;
            }
            at += count;
        }
        keptCount = end - at;
        bytes.get(at, kept, 0, keptCount);
        bytes.position(to);
    }

    /** How many of the octets from {@code at} to {@code end} share one fate; 0 if that depends on what is still to come. */
    private int next(ByteBuffer bytes, int at, int end) throws IOException {
        int here = end - at;
        if (preface > 0) {
            int count = Math.min(preface, here);
            preface -= count;
            return count;
        }
        if (payload > 0) {
            int count = Math.min(payload, here);
            if (continued != 0 && count == payload && count == here) {
                // Undertow would take the end of what it has for the end of the head.
                count--;
            }
            payload -= count;
            return count;
        }
        if (continued != 0) {
            head[headCount] = bytes.get(at);
            if (headCount == HEAD - 1) {
                if (here == 1 && isEmptyPiece(head)) {
                    return 0;
                }
                begin(head);
                headCount = 0;
            } else {
                headCount++;
            }
            return 1;
        }
        if (here < HEAD) {
            return 0;
        }
        bytes.get(at, head);
        if (here == HEAD && isEmptyPiece(head)) {
            return 0;
        }
        begin(head);
        return HEAD;
    }

    /** Whether nothing is in a frame that is to be continued. */
    private static boolean isEmptyPiece(byte[] head) {
        return length(head) == 0 && (head[3] == HEADERS || head[3] == CONTINUATION) && (head[4] & END_HEADERS) == 0;
    }

    private static int length(byte[] head) {
        return (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | head[2] & 0xff;
    }

    private static int stream(byte[] head) {
        return (head[5] & 0x7f) << 24 | (head[6] & 0xff) << 16 | (head[7] & 0xff) << 8 | head[8] & 0xff;
    }

    /** A frame begins. */
    private void begin(byte[] head) throws IOException {
        int type = head[3] & 0xff;
        int flags = head[4];
        int stream = stream(head);
        payload = length(head);
        leftOut = false;
        if (continued != 0 && (type != CONTINUATION || stream != continued)) {
            throw new ConnectionErrorException(Http2Channel.ERROR_PROTOCOL_ERROR, "a head is not continued");
        }
        switch (type) {
            case DATA -> data(stream, flags);
            case HEADERS -> headers(stream, flags);
            case CONTINUATION -> {
                budget.spend(FrameBudget.FRAME);
                continued = (flags & END_HEADERS) == 0 ? stream : 0;
            }
            case RST_STREAM -> receiving.remove(stream);
            case SETTINGS -> settings(flags);
            case GOAWAY -> goAway(stream);
            // Charged for what it says.
            case WINDOW_UPDATE -> {}
            default -> budget.spend(FrameBudget.FRAME);
        }
        if (budget.exhausted()) {
            throw new ConnectionErrorException(Http2Channel.ERROR_ENHANCE_YOUR_CALM, "a flood of frames");
        }
    }

    private void headers(int stream, int flags) {
        continued = (flags & END_HEADERS) == 0 ? stream : 0;
        if (stream > lastStream) {
            lastStream = stream;
            receiving.add(stream);
        }
        if ((flags & END_STREAM) != 0) {
            receiving.remove(stream);
        }
    }

    private void data(int stream, int flags) throws IOException {
        if (stream == 0 || stream > lastStream) {
            // Undertow knows what to say to that.
            return;
        }
        if (!receiving.contains(stream)) {
            leftOut = true;
            budget.spend(FrameBudget.FRAME);
            streams.unread(payload);
            if (!reset.contains(stream)) {
                streams.afterEnd(stream);
            }
            return;
        }
        boolean last = (flags & END_STREAM) != 0;
        if (last) {
            receiving.remove(stream);
        } else if (payload == 0) {
            budget.spend(FrameBudget.FRAME);
        }
        if ((flags & PADDED) == 0 && (untaken.size() < MOST_KNOWN || untaken.containsKey(stream))) {
            untaken.merge(stream, payload, Integer::sum);
        }
    }

    private void settings(int flags) throws ConnectionErrorException {
        budget.spend(FrameBudget.SETTINGS);
        if ((flags & ACK) != 0 && payload > 0) {
            throw new ConnectionErrorException(Http2Channel.ERROR_FRAME_SIZE_ERROR, "settings in an acknowledgement");
        }
    }

    private void goAway(int stream) {
        budget.spend(FrameBudget.FRAME);
        if (stream == 0 && payload >= 8) {
            leftOut = true;
            streams.clientLeaves();
        }
    }

    int lastStream() {
        return lastStream;
    }

    /** Somebody took octets of a stream's data. */
    void taken(int stream, int octets) {
        untaken.computeIfPresent(stream, (same, left) -> left - octets);
    }

    /** Nobody will take more of a stream's data; returns how much of what was passed on was not taken. */
    int closed(int stream) {
        receiving.remove(stream);
        Integer left = untaken.remove(stream);
        return left == null ? 0 : Math.max(0, left);
    }

    /** We reset a stream: what the client still sends on it is no mistake. */
    void resetByUs(int stream) {
        reset.add(stream);
        if (reset.size() > MOST_KNOWN) {
            Iterator<Integer> oldest = reset.iterator();
            oldest.next();
            oldest.remove();
        }
    }
}
