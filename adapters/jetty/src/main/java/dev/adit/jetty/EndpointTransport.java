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

/**
 * TCP whose connections tell a reset from an end. Jetty takes both for an end, and so would take an answer that ends with its
 * connection for whole when that was reset.
 */
final class EndpointTransport extends Transport.TCPIP {
    @Override
    public EndPoint newEndPoint(
            Scheduler scheduler, ManagedSelector selector, SelectableChannel channel, SelectionKey key) {
        return new SocketChannelEndPoint((SocketChannel) channel, selector, key, scheduler) {
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
        };
    }
}
