package dev.adit.tck;

import dev.adit.tls.ClientTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Everybody that a script speaks for, by the names it gives them. */
final class Peers implements AutoCloseable {
    private static final int BUFFER = 128 << 10;
    /** For clients that believe everybody. */
    static final SSLContext TRUSTING = ClientTls.builder().build().context();

    private static final Pattern HOW = Pattern.compile(
            "(with HTTP/2)?( byte by byte)? ?(?:(over TLS)(?: to (\\S+))?(?: as (\\S+))?(?: in (TLSv1\\.[23]))?|(to the TLS port))?");

    private final Moment moment;
    private final RunningTransport transport;
    private final Map<String, Upstreams> upstreams;
    private final Executor threads;
    private final Map<Integer, Wire> clients = new TreeMap<>();
    private final Map<Wire, Peer> known = new IdentityHashMap<>();
    private final Map<Wire, Http2Peer> http2 = new IdentityHashMap<>();

    /** @param upstreams by what a script calls them */
    Peers(Moment moment, RunningTransport transport, Map<String, Upstreams> upstreams, Executor threads) {
        this.moment = moment;
        this.transport = transport;
        this.upstreams = upstreams;
        this.threads = threads;
    }

    /** A client; connects to the plain port, to speak HTTP/1.1, if it was not connected before. */
    Actor client(int number) throws IOException {
        return actor(clientWire(number));
    }

    /** A client that speaks HTTP/1.1. */
    Peer plainClient(int number) throws IOException {
        return of(clientWire(number));
    }

    private Wire clientWire(int number) throws IOException {
        Wire wire = clients.get(number);
        return wire == null ? connect(number, "", List.of()) : wire;
    }

    /** A stream of a client; connects to the plain port, to speak HTTP/2, if that was not connected before. */
    Http2Stream clientStream(int number, int stream) throws IOException {
        Wire wire = clients.get(number);
        return http2(wire == null ? connect(number, "with HTTP/2", List.of()) : wire).stream(stream);
    }

    private Http2Connection http2(Wire wire) {
        Http2Peer peer = http2.get(wire);
        if (peer == null) {
            throw new IllegalArgumentException(wire.name() + " is not connected with HTTP/2");
        }
        return peer.connection();
    }

    /** The upstreams that a script calls {@code name}. */
    Upstreams upstreams(String name) {
        Upstreams named = upstreams.get(name);
        if (named == null) {
            throw new IllegalArgumentException("nobody is called " + name + ": no policy asks for that");
        }
        return named;
    }

    Actor upstream(String name, int number) {
        return actor(upstreams(name).get(number));
    }

    /** A stream of an upstream; speaks HTTP/2 from now on. */
    Http2Stream upstreamStream(String name, int number, int stream) {
        Wire wire = upstreams(name).get(number);
        if (!http2.containsKey(wire)) {
            speakHttp2(name, number, List.of());
        }
        return http2(wire).stream(stream);
    }

    /** An upstream accepts HTTP/2, with these settings. */
    void speakHttp2(String name, int number, List<String> settings) {
        Wire wire = upstreams(name).get(number);
        add(wire, Http2Connection.server(wire, moment, settings, threads));
    }

    private void add(Wire wire, Http2Connection connection) {
        http2.put(wire, new Http2Peer(connection, of(wire)));
    }

    private Actor actor(Wire wire) {
        Http2Peer peer = http2.get(wire);
        return peer == null ? of(wire) : peer;
    }

    Peer of(Wire wire) {
        return known.computeIfAbsent(wire, Peer::new);
    }

    boolean isClient(Wire wire) {
        return clients.containsValue(wire);
    }

    /** Every connection that there was so far. */
    List<Wire> all() {
        List<Wire> all = new ArrayList<>(clients.values());
        upstreams.values().forEach(named -> all.addAll(named.all()));
        return all;
    }

    /** What came on {@code wire} that no script has received, once it has ended; empty if that is nothing. */
    String unread(Wire wire) {
        Http2Peer peer = http2.get(wire);
        if (peer == null) {
            return Text.show(wire.unread(), 500);
        }
        peer.connection().awaitEnd();
        return String.join("\n", peer.connection().unread());
    }

    /**
     * @param how {@code with HTTP/2}, also {@code byte by byte}, {@code over TLS}, {@code over TLS to NAME}, {@code over TLS as WHO}, {@code over TLS in TLSv1.2}, {@code to the TLS port} (in plain), or empty
     * @param settings of HTTP/2, a name and a value on each line
     */
    Wire connect(int number, String how, List<String> settings) throws IOException {
        Matcher words = HOW.matcher(how);
        if (!words.matches()) {
            throw new IllegalArgumentException("cannot connect " + how);
        }
        boolean withHttp2 = words.group(1) != null;
        boolean tls = words.group(3) != null;
        Socket plain = new Socket();
        plain.setTcpNoDelay(true);
        plain.setReceiveBufferSize(BUFFER);
        plain.setSendBufferSize(BUFFER);
        int port = tls || words.group(7) != null ? transport.httpsPort() : transport.httpPort();
        plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port < 0 ? 1 : port));
        String name = words.group(4) == null ? "a.test" : words.group(4);
        SSLContext context = words.group(5) == null ? TRUSTING : ClientCertificates.of(words.group(5));
        Socket socket = tls ? secure(context, plain, name, port, withHttp2 ? "h2" : "http/1.1", words.group(6)) : plain;
        Wire wire = new Wire("client " + number, moment, socket, plain, false, threads);
        clients.put(number, wire);
        if (withHttp2) {
            wire.send(pieces(Text.bytes(Http2Connection.PREFACE), words.group(2) != null));
            add(wire, Http2Connection.client(wire, moment, settings, threads));
        }
        return wire;
    }

    /** Connects over TLS, which must fail in the handshake. */
    void fail(int number, String how) throws IOException {
        try {
            connect(number, how, List.of());
        } catch (SSLException | SocketException e) {
            return; // an alert, or a connection that is closed without one
        }
        throw new AssertionError("connected " + how);
    }

    private static Iterator<byte[]> pieces(byte[] bytes, boolean single) {
        return single ? Wire.single(bytes) : List.of(bytes).iterator();
    }

    /** @param version the only one that the client speaks, or null */
    private static SSLSocket secure(
            SSLContext context, Socket plain, String name, int port, String protocol, @Nullable String version)
            throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, name, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        parameters.setApplicationProtocols(new String[] {protocol});
        if (version != null) {
            parameters.setProtocols(new String[] {version});
        }
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        if (!protocol.equals("http/1.1") && !protocol.equals(socket.getApplicationProtocol())) {
            throw new AssertionError("ALPN chose " + socket.getApplicationProtocol() + ", not " + protocol);
        }
        return socket;
    }

    static TrustManager[] trustAll() {
        return new TrustManager[] {new TrustAll()};
    }

    String transcript() {
        StringBuilder text = new StringBuilder();
        for (Wire wire : all()) {
            Http2Peer peer = http2.get(wire);
            text.append(peer == null ? wire.transcript() : peer.connection().transcript());
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        clients.values().forEach(Wire::dispose);
        for (Upstreams named : upstreams.values()) {
            named.close();
        }
    }

    /** For those who hold keys of their own: the judge tries transports, not certificates. */
    static final class TrustAll implements X509TrustManager {
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
