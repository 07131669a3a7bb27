package dev.adit.tls;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A server's engine that learns its policy, and whether to ask for a certificate, from the server name in the client's hello, which the JDK's reads too late for that:
 *
 * <pre>
 *   begun ── record incomplete: BUFFER_UNDERFLOW
 *     │ ▲ complete ── a piece of a hello: kept
 *     │ └───────────┘
 *     │ complete ── the end of a hello: policy of its name ──▶ the engine inside begins, and reads what was kept, and the record
 *     │          └─ no hello, or too much of one: the handshake fails, since its name is not known
 *   closed before ──▶ the engine inside
 * </pre>
 *
 * As safe for threads as any engine.
 */
final class NamedEngine extends SSLEngine {
    private final SSLEngine engine;
    private final Supplier<CertificateTable> tables;
    private boolean begun;
    /** Null once the name is known. */
    private @Nullable HelloReader hellos = new HelloReader();

    NamedEngine(SSLEngine engine, Supplier<CertificateTable> tables) {
        super(engine.getPeerHost(), engine.getPeerPort());
        this.engine = engine;
        this.tables = tables;
    }

    /** The JDK's engine inside. */
    SSLEngine engine() {
        return engine;
    }

    @Override
    public SSLEngineResult unwrap(ByteBuffer src, ByteBuffer[] dsts, int offset, int length) throws SSLException {
        synchronized (this) {
            HelloReader reader = hellos;
            if (reader != null && !engine.isInboundDone() && !engine.isOutboundDone()) {
                int record = HelloReader.record(src);
                if (record == 0) {
                    return waiting(SSLEngineResult.Status.BUFFER_UNDERFLOW, 0);
                }
                ClientHello hello = reader.take(src.slice().limit(record));
                if (hello == null) {
                    src.position(src.position() + record);
                    return waiting(SSLEngineResult.Status.OK, record);
                }
                ServerTls.apply(tables.get(), hello.serverName(), engine);
                hellos = null;
                if (begun) {
                    engine.beginHandshake();
                }
                for (ByteBuffer before = reader.before(); before.hasRemaining(); ) {
                    engine.unwrap(before, dsts, offset, length);
                }
            }
        }
        return engine.unwrap(src, dsts, offset, length);
    }

    private static SSLEngineResult waiting(SSLEngineResult.Status status, int taken) {
        return new SSLEngineResult(status, HandshakeStatus.NEED_UNWRAP, taken, 0);
    }

    @Override
    public synchronized void beginHandshake() throws SSLException {
        begun = true;
        if (hellos == null) {
            engine.beginHandshake();
        }
    }

    @Override
    public synchronized HandshakeStatus getHandshakeStatus() {
        boolean waits = begun && hellos != null && !engine.isOutboundDone();
        return waits ? HandshakeStatus.NEED_UNWRAP : engine.getHandshakeStatus();
    }

    @Override
    public SSLEngineResult wrap(ByteBuffer[] srcs, int offset, int length, ByteBuffer dst) throws SSLException {
        return engine.wrap(srcs, offset, length, dst);
    }

    @Override
    public @Nullable Runnable getDelegatedTask() {
        return engine.getDelegatedTask();
    }

    @Override
    public void closeInbound() throws SSLException {
        engine.closeInbound();
    }

    @Override
    public boolean isInboundDone() {
        return engine.isInboundDone();
    }

    @Override
    public void closeOutbound() {
        engine.closeOutbound();
    }

    @Override
    public boolean isOutboundDone() {
        return engine.isOutboundDone();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return engine.getSupportedCipherSuites();
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return engine.getEnabledCipherSuites();
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        engine.setEnabledCipherSuites(suites);
    }

    @Override
    public String[] getSupportedProtocols() {
        return engine.getSupportedProtocols();
    }

    @Override
    public String[] getEnabledProtocols() {
        return engine.getEnabledProtocols();
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        engine.setEnabledProtocols(protocols);
    }

    @Override
    public SSLSession getSession() {
        return engine.getSession();
    }

    @Override
    public @Nullable SSLSession getHandshakeSession() {
        return engine.getHandshakeSession();
    }

    @Override
    public void setUseClientMode(boolean mode) {
        engine.setUseClientMode(mode);
    }

    @Override
    public boolean getUseClientMode() {
        return engine.getUseClientMode();
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        engine.setNeedClientAuth(need);
    }

    @Override
    public boolean getNeedClientAuth() {
        return engine.getNeedClientAuth();
    }

    @Override
    public void setWantClientAuth(boolean want) {
        engine.setWantClientAuth(want);
    }

    @Override
    public boolean getWantClientAuth() {
        return engine.getWantClientAuth();
    }

    @Override
    public void setEnableSessionCreation(boolean flag) {
        engine.setEnableSessionCreation(flag);
    }

    @Override
    public boolean getEnableSessionCreation() {
        return engine.getEnableSessionCreation();
    }

    @Override
    public SSLParameters getSSLParameters() {
        return engine.getSSLParameters();
    }

    @Override
    public void setSSLParameters(SSLParameters parameters) {
        engine.setSSLParameters(parameters);
    }

    @Override
    public @Nullable String getApplicationProtocol() {
        return engine.getApplicationProtocol();
    }

    @Override
    public @Nullable String getHandshakeApplicationProtocol() {
        return engine.getHandshakeApplicationProtocol();
    }

    @Override
    public void setHandshakeApplicationProtocolSelector(BiFunction<SSLEngine, List<String>, String> selector) {
        engine.setHandshakeApplicationProtocolSelector(selector);
    }

    @Override
    public @Nullable BiFunction<SSLEngine, List<String>, String> getHandshakeApplicationProtocolSelector() {
        return engine.getHandshakeApplicationProtocolSelector();
    }
}
