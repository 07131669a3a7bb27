package dev.adit.netty;

import dev.adit.wire.FrameBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the streams of both sides have in common: data that came and that nobody could take yet, and frames that were
 * written and have not left yet. The peer's window opens by what is taken from the backlog, and grows as long as nothing
 * has to wait there.
 */
abstract class Http2StreamHandler implements ChannelFutureListener {
    final Http2Streams streams;
    final Loop loop;
    final SendWatch sending = new SendWatch();
    /** Null as long as nothing was kept: most requests have no body. */
    private @Nullable Backlog backlog;
    /** What the peer may send before we have passed it on, in bytes. */
    private int window = Http2Codec.STREAM_WINDOW;
    /** What was passed on since something last had to wait, or since the window last grew, in bytes. */
    private int passed;

    private @Nullable Http2Stream stream;
    private @Nullable ChannelFuture last;
    /** Our last frame is written, if not sent. */
    private boolean ended;
    /** There is a body to send, so that the peer's windows must open. */
    private boolean sends;
    /** They are shut, and count as something that does not leave. */
    private boolean shut;

    Http2StreamHandler(Http2Streams streams) {
        this.streams = streams;
        this.loop = streams.loop;
    }

    /** The stream is open. */
    final void opened(Http2Stream stream) {
        this.stream = stream;
        streams.add(stream, this);
    }

    private Http2Stream stream() {
        return Objects.requireNonNull(stream);
    }

    final boolean isOpen() {
        return stream != null && stream().state() != Http2Stream.State.CLOSED;
    }

    final int id() {
        return stream().id();
    }

    // Receiving

    /** Keeps a piece of the body. */
    final void keep(ByteBuf data) {
        if (data.isReadable()) {
            backlog = backlog == null ? new Backlog(loop.allocator) : backlog;
            backlog.add(data);
        }
    }

    final boolean hasKept() {
        return backlog != null && !backlog.isEmpty();
    }

    /** The piece that was kept first; the peer may send as much again, or more if whoever takes it keeps up with the peer. */
    final ByteBuf take() {
        ByteBuf data = remove();
        // What waits behind it came faster than it could leave.
        passed = hasKept() ? 0 : passed + data.readableBytes();
        if (passed >= window && isOpen()) {
            passed = 0;
            window += streams.lend(stream(), window);
        }
        return data;
    }

    /** Throws away what was kept. */
    final void discard() {
        while (hasKept()) {
            remove().release();
        }
    }

    private ByteBuf remove() {
        ByteBuf data = Objects.requireNonNull(backlog).remove();
        streams.consumed(stream(), data.readableBytes());
        giveBack();
        return data;
    }

    /** What fills a grown window may outlast the stream, and counts as lent until it is gone, too. */
    final void giveBack() {
        if (!isOpen() && !hasKept()) {
            streams.giveBack(window - Http2Codec.STREAM_WINDOW);
            window = Http2Codec.STREAM_WINDOW;
        }
    }

    // Sending

    final boolean hasEnded() {
        return ended;
    }

    final ChannelFuture last() {
        return Objects.requireNonNull(last);
    }

    final boolean isWritable() {
        return stream != null && streams.codec.encoder().flowController().isWritable(stream());
    }

    final void writeHead(int id, Http2Headers head, boolean end) {
        ended |= end;
        track(streams.codec
                .encoder()
                .writeHeaders(streams.ctx(), id, head, 0, end, streams.ctx().newPromise()));
    }

    final void writeData(ByteBuf data, boolean end) {
        ended |= end;
        // One frame for each 16 KiB, and one more where a window ends.
        streams.budget.earn(FrameBudget.DATA_SENT * (1 + (data.readableBytes() >> 14)));
        track(streams.codec
                .encoder()
                .writeData(streams.ctx(), id(), data, 0, end, streams.ctx().newPromise()));
        watchWindows();
    }

    /** From now on the peer must not keep its windows shut: as long as they are, nothing may be written that would wait. */
    final void watchWindows() {
        sends = true;
        windowsChanged();
    }

    private void windowsChanged() {
        boolean wereShut = shut;
        shut = sends && !ended && !isWritable();
        if (shut && !wereShut) {
            sending.begun();
        } else if (wereShut && !shut) {
            sending.done();
        }
    }

    /** The peer's windows have opened or shut. */
    final void writabilityChanged() {
        windowsChanged();
        if (isWritable()) {
            writableAgain();
        }
    }

    private void track(ChannelFuture written) {
        last = written;
        sending.begun();
        written.addListener(this);
    }

    /** Something that was written has left, or never will. */
    @Override
    public final void operationComplete(ChannelFuture written) {
        sending.done();
    }

    final void reset(Http2Error code) {
        streams.reset(stream(), code);
    }

    // Told by the connection

    /** For now, nothing more will be read. */
    abstract void readComplete();

    /** The peer's windows have opened. */
    abstract void writableAgain();

    /** The stream is no more. */
    abstract void closed();

    /** Called a few times a second: see to the timeouts. */
    abstract void tick(long now);

    /** The gateway ends now. */
    abstract void cancel();
}
