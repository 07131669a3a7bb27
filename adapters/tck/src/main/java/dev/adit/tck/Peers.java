package dev.adit.tck;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Everybody that a script speaks for, by the names it gives them. */
final class Peers implements AutoCloseable {
    private static final int BUFFER = 128 << 10;
    private static final SSLContext TRUSTING = trusting();

    private final Moment moment;
    private final RunningTransport transport;
    private final Upstreams upstreams;
    private final Executor threads;
    private final Map<Integer, Wire> clients = new TreeMap<>();
    private final Map<Wire, Peer> known = new IdentityHashMap<>();

    Peers(Moment moment, RunningTransport transport, Upstreams upstreams, Executor threads) {
        this.moment = moment;
        this.transport = transport;
        this.upstreams = upstreams;
        this.threads = threads;
    }

    /** A client; connects to the plain port if it was not connected before. */
    Peer client(int number) throws IOException {
        Wire wire = clients.get(number);
        return of(wire == null ? connect(number, "") : wire);
    }

    Peer upstream(int number) {
        return of(upstreams.get(number));
    }

    Peer of(Wire wire) {
        return known.computeIfAbsent(wire, Peer::new);
    }

    Collection<Wire> clients() {
        return clients.values();
    }

    /** @param how {@code over TLS}, {@code over TLS to NAME}, {@code to the TLS port} (in plain), or empty */
    Wire connect(int number, String how) throws IOException {
        Socket plain = new Socket();
        plain.setTcpNoDelay(true);
        plain.setReceiveBufferSize(BUFFER);
        plain.setSendBufferSize(BUFFER);
        boolean tls = how.startsWith("over TLS");
        boolean toTls = how.equals("to the TLS port");
        if (!tls && !toTls && !how.isEmpty()) {
            throw new IllegalArgumentException("cannot connect " + how);
        }
        int port = tls || toTls ? transport.httpsPort() : transport.httpPort();
        plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port < 0 ? 1 : port));
        Socket socket = tls ? secure(plain, how.substring("over TLS".length()).strip(), port) : plain;
        Wire wire = new Wire("client " + number, moment, socket, plain, false, threads);
        clients.put(number, wire);
        return wire;
    }

    private static SSLSocket secure(Socket plain, String to, int port) throws IOException {
        String name = to.startsWith("to ") ? to.substring(3) : "a.test";
        SSLSocket socket = (SSLSocket) TRUSTING.getSocketFactory().createSocket(plain, name, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static SSLContext trusting() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustAll()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    String transcript() {
        List<Wire> all = new ArrayList<>(clients.values());
        all.addAll(upstreams.all());
        StringBuilder text = new StringBuilder();
        all.forEach(wire -> text.append(wire.transcript()));
        return text.toString();
    }

    @Override
    public void close() {
        clients.values().forEach(Wire::dispose);
    }

    /** The judge tries transports, not certificates. */
    private static final class TrustAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
