package dev.adit.undertow;

import java.io.IOException;
import java.net.SocketAddress;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.Option;
import org.xnio.StreamConnection;
import org.xnio.ssl.SslConnection;

/**
 * A clear-text connection that passes for one of TLS. Undertow's HTTP/1.1 client takes a connection that somebody else opened
 * only as an {@link SslConnection}; one that it opened itself could neither be given up in time nor be watched.
 */
final class ClearConnection extends SslConnection {
    private final StreamConnection delegate;
    private final ChannelListener.SimpleSetter<SslConnection> handshakeSetter = new ChannelListener.SimpleSetter<>();

    ClearConnection(StreamConnection delegate) {
        super(delegate.getIoThread());
        this.delegate = delegate;
        setSourceConduit(delegate.getSourceChannel().getConduit());
        setSinkConduit(delegate.getSinkChannel().getConduit());
        delegate.setCloseListener(closed -> IoUtils.safeClose(this));
    }

    @Override
    public void startHandshake() {
        // There is none.
    }

    @Override
    public @Nullable SSLSession getSslSession() {
        return null;
    }

    @Override
    public ChannelListener.Setter<? extends SslConnection> getHandshakeSetter() {
        return handshakeSetter;
    }

    @Override
    public SocketAddress getPeerAddress() {
        return delegate.getPeerAddress();
    }

    @Override
    public SocketAddress getLocalAddress() {
        return delegate.getLocalAddress();
    }

    @Override
    public boolean supportsOption(Option<?> option) {
        return delegate.supportsOption(option);
    }

    @Override
    public <T> T getOption(Option<T> option) throws IOException {
        return delegate.getOption(option);
    }

    @Override
    public <T> T setOption(Option<T> option, T value) throws IOException {
        return delegate.setOption(option, value);
    }

    @Override
    protected void closeAction() throws IOException {
        delegate.close();
    }
}
