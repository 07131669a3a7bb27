package dev.adit.jetty;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a client is gone while nobody reads from it: Jetty reads an HTTP/1 connection only for bytes that a request
 * lacks, and so would work for somebody who left. What is read to find out, a pipelined request, is kept for the next read.
 *
 * <pre>
 *            start                    bytes: kept
 *   asleep ---------&gt; watching ----------------------&gt; asleep
 *      ^                 |  | end of input or failure
 *      +------ stop -----+  +------------------------&gt; gone
 * </pre>
 */
final class ClientWatch implements Callback {
    /** An end point that can be watched. */
    interface Watched {
        ClientWatch watch();
    }

    /** Reads as {@link EndPoint#fill} does. */
    @FunctionalInterface
    private interface Input {
        int fill(ByteBuffer buffer) throws IOException;
    }

    private static final int BUFFER_BYTES = 1024;

    private final AbstractEndPoint endPoint;
    private final Input input;
    private @Nullable ByteBuffer kept;
    private @Nullable Runnable gone;

    private ClientWatch(AbstractEndPoint endPoint, Input input) {
        this.endPoint = endPoint;
        this.input = input;
    }

    /** The watch of {@code endPoint}, or null if it has none. */
    static @Nullable ClientWatch of(EndPoint endPoint) {
        return endPoint instanceof Watched watched ? watched.watch() : null;
    }

    /** Runs {@code action}, once, if the client goes before {@link #stop}. Nobody else may read meanwhile. */
    void start(Runnable action) {
        synchronized (this) {
            if (BufferUtil.hasContent(kept)) {
                return;
            }
            gone = action;
            endPoint.tryFillInterested(this);
        }
    }

    /** Others may read again. */
    void stop() {
        synchronized (this) {
            if (gone == null) {
                return;
            }
            gone = null;
            // Takes the interest back; this hears of it as a failure.
            endPoint.getFillInterest().onFail(new IOException("not watched any more"));
        }
    }

    /** There is something to read. */
    @Override
    public void succeeded() {
        Runnable action;
        synchronized (this) {
            action = gone;
            if (action == null) {
                return;
            }
            ByteBuffer buffer = kept == null ? BufferUtil.allocate(BUFFER_BYTES) : kept;
            int filled = fillQuietly(buffer);
            if (filled > 0) {
                kept = buffer;
                gone = null;
                return;
            }
            if (filled == 0) {
                endPoint.tryFillInterested(this);
                return;
            }
            gone = null;
        }
        action.run();
    }

    private int fillQuietly(ByteBuffer buffer) {
        try {
            return input.fill(buffer);
        } catch (IOException e) {
            // A reset is one way to go.
            return -1;
        }
    }

    @Override
    public void failed(Throwable cause) {
        Runnable action;
        synchronized (this) {
            action = gone;
            gone = null;
        }
        if (action != null) {
            action.run();
        }
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    private int fill(ByteBuffer buffer) throws IOException {
        synchronized (this) {
            ByteBuffer first = kept;
            if (first != null && first.hasRemaining()) {
                return BufferUtil.append(buffer, first);
            }
            return input.fill(buffer);
        }
    }

    private synchronized boolean holds() {
        return BufferUtil.hasContent(kept);
    }

    /** Of a connection in clear text. */
    static final class Plain extends SocketChannelEndPoint implements Watched {
        private final ClientWatch watch = new ClientWatch(this, super::fill);
        private final Executor executor;

        Plain(SocketChannel channel, ManagedSelector selector, SelectionKey key, Connector connector) {
            super(channel, selector, key, connector.getScheduler());
            executor = connector.getExecutor();
        }

        @Override
        public ClientWatch watch() {
            return watch;
        }

        @Override
        public int fill(ByteBuffer buffer) throws IOException {
            return watch.fill(buffer);
        }

        /** The selector knows nothing of what is kept. */
        @Override
        protected void needsFillInterest() {
            if (watch.holds()) {
                executor.execute(getFillInterest()::fillable);
            } else {
                super.needsFillInterest();
            }
        }
    }

    /** Of a connection inside TLS. */
    static final class Secure extends SslConnection {
        Secure(Connector connector, JettyGateway.TableCertificates tls, EndPoint endPoint, SSLEngine engine) {
            super(connector.getByteBufferPool(), connector.getExecutor(), tls, endPoint, engine, true, true);
        }

        @Override
        protected SslEndPoint newSslEndPoint() {
            return new Decrypted();
        }

        private final class Decrypted extends SslEndPoint implements Watched {
            private final ClientWatch watch = new ClientWatch(this, super::fill);

            @Override
            public ClientWatch watch() {
                return watch;
            }

            @Override
            public int fill(ByteBuffer buffer) throws IOException {
                return watch.fill(buffer);
            }

            @Override
            protected void needsFillInterest() {
                if (watch.holds()) {
                    getExecutor().execute(getFillInterest()::fillable);
                } else {
                    super.needsFillInterest();
                }
            }
        }
    }
}
