package dev.adit.tls;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Two engines that talk to each other through two buffers, in one thread. */
final class Handshake {
    private static final int CAPACITY = 1 << 16;
    private static final int RECORD_HEADER = 5;
    private static final SSLContext STRANGERS = client();
    private static final AtomicInteger PEERS = new AtomicInteger();

    final SSLEngine client;
    final SSLEngine server;
    private final ByteBuffer toServer = ByteBuffer.allocate(CAPACITY);
    private final ByteBuffer toClient = ByteBuffer.allocate(CAPACITY);
    private final ByteBuffer read = ByteBuffer.allocate(CAPACITY);

    Handshake(SSLEngine client, SSLEngine server) {
        this.client = client;
        this.server = server;
        client.setUseClientMode(true);
    }

    /** A client that trusts everybody and keeps sessions. */
    static SSLContext client() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trusting(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static TrustManager[] trusting() {
        return new TrustManager[] {new TrustEverybody()};
    }

    /** A client's engine that always looks for a session of the same {@code peer}, whatever name it asks for. */
    static SSLEngine clientEngine(SSLContext context, String protocol, @Nullable String serverName) {
        return clientEngine(context, "peer", protocol, serverName);
    }

    private static SSLEngine clientEngine(
            SSLContext context, String peer, String protocol, @Nullable String serverName) {
        SSLEngine engine = context.createSSLEngine(peer, 443);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {protocol});
        parameters.setServerNames(serverName == null ? List.of() : List.of(new SNIHostName(serverName)));
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** The leaf that a new client with no session is shown. */
    static X509Certificate leaf(ServerTls tls, String protocol, @Nullable String serverName) throws SSLException {
        return new Handshake(
                        clientEngine(STRANGERS, "peer" + PEERS.getAndIncrement(), protocol, serverName),
                        tls.newEngine(List.of()))
                .run()
                .leaf();
    }

    /** The client's first record. */
    static byte[] hello(SSLEngine client) throws SSLException {
        ByteBuffer record = ByteBuffer.allocate(CAPACITY);
        client.setUseClientMode(true);
        client.beginHandshake();
        client.wrap(ByteBuffer.allocate(0), record);
        return Arrays.copyOf(record.array(), record.position());
    }

    /** Lets a server's engine read a hello, which may be one that no client of this JDK would send, and begin its answer. */
    static void answer(SSLEngine server, byte[] hello) throws SSLException {
        server.beginHandshake();
        server.unwrap(ByteBuffer.wrap(hello), ByteBuffer.allocate(CAPACITY));
        for (Runnable task = server.getDelegatedTask(); task != null; task = server.getDelegatedTask()) {
            task.run();
        }
        server.wrap(ByteBuffer.allocate(0), ByteBuffer.allocate(CAPACITY));
    }

    /** Shakes hands, and passes one octet each way so that tickets arrive. */
    Handshake run() throws SSLException {
        client.beginHandshake();
        server.beginHandshake();
        return pump();
    }

    /** The same, but the client's hello goes in records of so many octets. */
    Handshake runInPieces(int octets) throws SSLException {
        toServer.put(inPieces(hello(client), octets));
        server.beginHandshake();
        return pump();
    }

    /** A record as several, with so many octets each, but for the last. */
    static byte[] inPieces(byte[] record, int octets) {
        ByteBuffer pieces = ByteBuffer.allocate(CAPACITY);
        for (int at = RECORD_HEADER; at < record.length; at += octets) {
            int length = Math.min(octets, record.length - at);
            pieces.put(record, 0, 3).putShort((short) length).put(record, at, length);
        }
        return Arrays.copyOf(pieces.array(), pieces.position());
    }

    /** Lets both engines talk until neither has anything to say. */
    Handshake pump() throws SSLException {
        boolean moved = true;
        while (moved) {
            moved = step(client, toClient, toServer);
            moved |= step(server, toServer, toClient);
        }
        return this;
    }

    /** Sends octets from the client to the server. */
    void send(byte[] octets) throws SSLException {
        client.wrap(ByteBuffer.wrap(octets), toServer);
        pump();
    }

    X509Certificate leaf() throws SSLPeerUnverifiedException {
        return (X509Certificate) clientSession().getPeerCertificates()[0];
    }

    SSLSession clientSession() {
        return client.getSession();
    }

    private boolean step(SSLEngine engine, ByteBuffer from, ByteBuffer to) throws SSLException {
        HandshakeStatus status = engine.getHandshakeStatus();
        if (status == HandshakeStatus.NEED_TASK) {
            for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                task.run();
            }
            return true;
        }
        if (status == HandshakeStatus.NEED_WRAP) {
            SSLEngineResult result = engine.wrap(ByteBuffer.allocate(0), to);
            return result.bytesProduced() > 0;
        }
        from.flip();
        try {
            if (!from.hasRemaining()) {
                return false;
            }
            read.clear();
            SSLEngineResult result = engine.unwrap(from, read);
            return result.bytesConsumed() > 0 || engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK;
        } finally {
            from.compact();
        }
    }

    private static final class TrustEverybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, java.net.Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, java.net.Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
