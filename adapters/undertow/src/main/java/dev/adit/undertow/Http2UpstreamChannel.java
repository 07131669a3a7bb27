package dev.adit.undertow;

import dev.adit.wire.BadMessageException;
import io.undertow.connector.ByteBufferPool;
import io.undertow.protocols.http2.Http2Channel;
import io.undertow.server.protocol.framed.FrameHeaderData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;

/**
 * An HTTP/2 connection to an endpoint. Undertow's client resets a stream whose answer is malformed, and leaves a connection that
 * speaks something else, without a word to whoever waits for the answer.
 */
final class Http2UpstreamChannel extends Http2Channel {
    private static final int TYPE_AT = 3;
    private static final int SETTINGS = 4;

    private Consumer<IOException> broken = cause -> {};
    private boolean begun;

    Http2UpstreamChannel(StreamConnection connection, ByteBufferPool buffers) {
        super(connection, null, buffers, null, true, false, OptionMap.EMPTY);
    }

    /** A request is about to be sent; {@code broken} hears that there will be no answer, maybe more than once. */
    void expect(Consumer<IOException> broken) {
        this.broken = broken;
    }

    /** Undertow would wait for the end of whatever the first octets seem to be a frame of. */
    @Override
    protected @Nullable FrameHeaderData parseFrame(ByteBuffer data) throws IOException {
        if (!begun) {
            if (data.remaining() <= TYPE_AT) {
                return null;
            }
            begun = true;
            if (data.get(data.position() + TYPE_AT) != SETTINGS) {
                throw new BadMessageException("the endpoint does not begin with settings");
            }
        }
        return super.parseFrame(data);
    }

    /**
     * Undertow's client answers a ping with another one, besides the acknowledgement that its channel sends by itself; an
     * endpoint that counts pings ends the connection.
     */
    @Override
    public void sendPing(byte[] data) {}

    @Override
    public void sendRstStream(int stream, int code) {
        super.sendRstStream(stream, code);
        if (code != ERROR_CANCEL) {
            broken.accept(new BadMessageException("the stream was reset for its error " + code));
        }
    }

    @Override
    protected void handleBrokenSourceChannel(Throwable cause) {
        super.handleBrokenSourceChannel(cause);
        broken.accept(cause instanceof IOException known ? known : new IOException(cause));
    }
}
