package dev.adit.undertow;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Lets a frame of our own pass between two of Undertow's, which writes whole frames only, but not always in one write. Confined
 * to the IO thread.
 */
final class BetweenFrames extends AbstractStreamSinkConduit<StreamSinkConduit> {
    private @Nullable ByteBuffer own;
    private boolean between = true;

    BetweenFrames(StreamSinkConduit next) {
        super(next);
    }

    /** Sends {@code frame} as soon as that can be; the next flush may be that. */
    void add(ByteBuffer frame) {
        own = frame;
    }

    private boolean ownIsSent() throws IOException {
        if (own != null && between) {
            next.write(own);
            if (own.hasRemaining()) {
                return false;
            }
            own = null;
        }
        return true;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        return (int) write(new ByteBuffer[] {bytes}, 0, 1);
    }

    @Override
    public long write(ByteBuffer[] bytes, int offset, int length) throws IOException {
        if (!ownIsSent()) {
            return 0;
        }
        long written = next.write(bytes, offset, length);
        between = !Buffers.hasRemaining(bytes, offset, length);
        return written;
    }

    @Override
    public boolean flush() throws IOException {
        return ownIsSent() && next.flush();
    }
}
