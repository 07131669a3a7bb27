package dev.adit.jetty;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * TCP of one connection in the making. Jetty would let it go on to shake hands with nobody waiting for it any more; this can
 * be closed. And it tells a reset from an end: Jetty takes both for an end, and so would take an answer that ends with its
 * connection for whole when that was reset.
 */
final class EndpointTransport extends Transport.TCPIP {
    private @Nullable EndPoint made;
    private boolean closed;

    /** Closes the connection, as soon as there is one. */
    void close() {
        EndPoint open;
        synchronized (this) {
            closed = true;
            open = made;
        }
        if (open != null) {
            open.close();
        }
    }

    private EndPoint keep(EndPoint endPoint) {
        synchronized (this) {
            made = endPoint;
            if (!closed) {
                return endPoint;
            }
        }
        endPoint.close();
        return endPoint;
    }

    @Override
    public EndPoint newEndPoint(
            Scheduler scheduler, ManagedSelector selector, SelectableChannel channel, SelectionKey key) {
        return keep(new SocketChannelEndPoint((SocketChannel) channel, selector, key, scheduler) {
            @Override
            public int fill(ByteBuffer buffer) throws IOException {
                if (isInputShutdown()) {
                    return -1;
                }
                int position = BufferUtil.flipToFill(buffer);
                int filled = 0;
                try {
                    filled = getChannel().read(buffer);
                } finally {
                    BufferUtil.flipToFlush(buffer, position);
                }
                if (filled > 0) {
                    notIdle();
                } else if (filled < 0) {
                    shutdownInput();
                }
                return filled;
            }
        });
    }
}
