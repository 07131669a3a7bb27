package dev.adit.undertow;

import dev.adit.exchange.TransportLimits;
import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.ConnectorStatistics;
import io.undertow.server.DelegateOpenListener;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http2.Http2ReceiveListener;
import io.undertow.util.PooledAdaptor;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;
import org.xnio.conduits.PushBackStreamSourceConduit;

/** Speaks HTTP/2 with clients: what Undertow's own listener does, on connections that are {@link Http2ClientChannel}s. */
final class Http2Listener implements DelegateOpenListener {
    /** A buffer is held for as long as a part of it waits to be read; frames of 1 KiB share one. */
    private static final int BUFFERS = 2 * Http2ClientChannel.CONNECTION_WINDOW / UndertowGateway.BUFFER_BYTES;

    private final ByteBufferPool buffers;
    private final TransportLimits limits;
    private final Set<Http2ClientChannel> connections = ConcurrentHashMap.newKeySet();
    private OptionMap options;
    private HttpHandler handler;

    Http2Listener(ByteBufferPool buffers, OptionMap options, HttpHandler handler, TransportLimits limits) {
        this.buffers = buffers;
        this.limits = limits;
        this.handler = handler;
        this.options = OptionMap.builder()
                .addAll(options)
                .set(UndertowOptions.HTTP2_SETTINGS_INITIAL_WINDOW_SIZE, Http2ClientChannel.STREAM_WINDOW)
                // Undertow ends the connection of a head that is too large: up to this, the gateway answers.
                .set(UndertowOptions.MAX_HEADER_SIZE, 2 * limits.headerBytes())
                .set(UndertowOptions.HTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, 2 * limits.headerBytes())
                .set(UndertowOptions.MAX_QUEUED_READ_BUFFERS, BUFFERS)
                // The guard counts better.
                .set(UndertowOptions.MAX_RST_FRAMES_PER_WINDOW, Integer.MAX_VALUE)
                .getMap();
    }

    @Override
    public void handleEvent(StreamConnection connection) {
        handleEvent(connection, null);
    }

    @Override
    public void handleEvent(StreamConnection connection, @Nullable PooledByteBuffer read) {
        if (read != null) {
            PushBackStreamSourceConduit source = new PushBackStreamSourceConduit(
                    connection.getSourceChannel().getConduit());
            source.pushBack(new PooledAdaptor(read));
            connection.getSourceChannel().setConduit(source);
        }
        Http2ClientChannel channel = new Http2ClientChannel(connection, buffers, options, limits);
        connections.add(channel);
        channel.addCloseTask(connections::remove);
        channel.getReceiveSetter().set(new Http2ReceiveListener(handler, options, UndertowGateway.BUFFER_BYTES, null));
        channel.resumeReceives();
    }

    @Override
    public void closeConnections() {
        connections.forEach(IoUtils::safeClose);
    }

    @Override
    public HttpHandler getRootHandler() {
        return handler;
    }

    @Override
    public void setRootHandler(HttpHandler rootHandler) {
        handler = rootHandler;
    }

    @Override
    public OptionMap getUndertowOptions() {
        return options;
    }

    @Override
    public void setUndertowOptions(OptionMap undertowOptions) {
        options = undertowOptions;
    }

    @Override
    public ByteBufferPool getBufferPool() {
        return buffers;
    }

    /** None are kept. */
    @Override
    public @Nullable ConnectorStatistics getConnectorStatistics() {
        return null;
    }
}
