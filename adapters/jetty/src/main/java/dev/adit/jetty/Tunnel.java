package dev.adit.jetty;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;

/**
 * After 101: bytes go from either end point to the other as fast as that one takes them.
 *
 * <pre>
 *   client   --fill--&gt; buffer --write--&gt; upstream      the end of input of one side
 *   client  &lt;--write-- buffer &lt;--fill--  upstream      is the end of output of the other
 * </pre>
 *
 * Ends when both inputs have ended, or when anything fails on either side.
 */
final class Tunnel {
    private static final int BUFFER_BYTES = 16 << 10;

    private final Side client;
    private final Side upstream;
    private final ByteBufferPool buffers;
    private final Runnable ended;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** @param ended runs once, when the tunnel is over */
    Tunnel(EndPoint client, EndPoint upstream, Upstreams upstreams, Runnable ended) {
        this.client = new Side(client, upstreams.executor);
        this.upstream = new Side(upstream, upstreams.executor);
        this.buffers = upstreams.buffers;
        this.ended = ended;
    }

    /** What Jetty's server has to put in the place of the client's HTTP connection; the tunnel starts when it does. */
    Connection clientSide() {
        return client;
    }

    /** How long both sides may be silent. */
    void idle(Duration time) {
        client.getEndPoint().setIdleTimeout(time.toMillis());
        upstream.getEndPoint().setIdleTimeout(time.toMillis());
    }

    /** Closes both sides. */
    void finish() {
        if (closed.compareAndSet(false, true)) {
            client.getEndPoint().close();
            upstream.getEndPoint().close();
            ended.run();
        }
    }

    /** One end point, and the way from it to the other one. */
    private final class Side extends AbstractConnection implements Connection.UpgradeTo {
        private final Pump pump = new Pump();
        /** What was read behind the head. */
        private @Nullable ByteBuffer early;

        private volatile boolean inputEnded;

        Side(EndPoint endPoint, Executor executor) {
            super(endPoint, executor);
        }

        private Side other() {
            return this == client ? upstream : client;
        }

        @Override
        public void onUpgradeTo(ByteBuffer buffer) {
            early = buffer;
        }

        @Override
        public void onOpen() {
            super.onOpen();
            if (this == client) {
                upstream.getEndPoint().upgrade(upstream);
            } else {
                upstream.pump.iterate();
                client.pump.iterate();
            }
        }

        @Override
        public void onFillable() {
            pump.iterate();
        }

        @Override
        public void onFillInterestedFailed(Throwable cause) {
            finish();
        }

        @Override
        public void onClose(@Nullable Throwable cause) {
            super.onClose(cause);
            finish();
        }

        /** From this side to the other. */
        private final class Pump extends IteratingCallback {
            private @Nullable RetainableByteBuffer buffer;

            @Override
            protected Action process() throws Throwable {
                ByteBuffer before = early;
                if (before != null) {
                    early = null;
                    other().getEndPoint().write(this, before);
                    return Action.SCHEDULED;
                }
                RetainableByteBuffer into = buffer;
                if (into == null) {
                    into = buffers.acquire(BUFFER_BYTES, true);
                    buffer = into;
                }
                ByteBuffer bytes = into.getByteBuffer();
                int filled = getEndPoint().fill(bytes);
                if (filled > 0) {
                    other().getEndPoint().write(this, bytes);
                    return Action.SCHEDULED;
                }
                release();
                if (filled < 0) {
                    return Action.SUCCEEDED;
                }
                fillInterested();
                return Action.IDLE;
            }

            @Override
            protected void onCompleteSuccess() {
                inputEnded = true;
                if (other().inputEnded) {
                    finish();
                } else {
                    other().getEndPoint().shutdownOutput();
                }
            }

            @Override
            protected void onCompleteFailure(Throwable cause) {
                release();
                finish();
            }

            private void release() {
                RetainableByteBuffer used = buffer;
                buffer = null;
                if (used != null) {
                    used.release();
                }
            }

            @Override
            public InvocationType getInvocationType() {
                return InvocationType.NON_BLOCKING;
            }
        }
    }
}
