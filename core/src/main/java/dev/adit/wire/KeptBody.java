package dev.adit.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What was taken of a request's body, kept so that it can be sent again, or to somebody else as well. A body that outgrows the
 * limit is not kept at all. For transports whose server has no shared buffers. Not thread-safe.
 */
public final class KeptBody {
    private static final byte[] NOTHING = {};
    private static final int FIRST_BYTES = 256;

    private int limit;
    private byte[] bytes = NOTHING;
    private int size;
    private boolean whole = true;

    /** Keeps up to {@code limit} bytes; 0: nothing, and a body of which anything was taken is lost. */
    public KeptBody(int limit) {
        this.limit = limit;
    }

    /** Copies what {@code data} holds, and leaves it as it is. */
    public void add(ByteBuffer data) {
        int more = data.remaining();
        if (!whole || more == 0) {
            return;
        }
        if (more > limit - size) {
            forget();
            return;
        }
        if (size + more > bytes.length) {
            int room = Math.max(FIRST_BYTES, (int) Math.min(limit, bytes.length * 2L));
            bytes = Arrays.copyOf(bytes, Math.max(size + more, room));
        }
        data.get(data.position(), bytes, size, more);
        size += more;
    }

    /** Whether everything that was taken is kept: also as long as nothing was. */
    public boolean whole() {
        return whole;
    }

    /** How many bytes are kept. */
    public int size() {
        return size;
    }

    /** What is kept. What is added later is not in it. */
    public ByteBuffer bytes() {
        return ByteBuffer.wrap(bytes, 0, size).slice().asReadOnlyBuffer();
    }

    /** Keeps nothing any more. */
    public void forget() {
        whole = false;
        limit = 0;
        size = 0;
        bytes = NOTHING;
    }
}
