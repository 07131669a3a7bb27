package dev.adit.tck;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/** The endpoints of a case: listening sockets whose connections a script plays by hand, and ports that refuse. */
final class Upstreams implements AutoCloseable {
    private static final int BUFFER = 128 << 10;
    private static final int BACKLOG = 64;

    private final String name;
    private final Moment moment;
    private final Executor threads;
    private final List<ServerSocket> servers = new ArrayList<>();
    /** Those whose last connection is not known yet. */
    private final Set<ServerSocket> accepting = new HashSet<>();

    private final List<Integer> ports = new ArrayList<>();
    private final List<Wire> accepted = new ArrayList<>();
    /** Local ports of connections that the judge itself makes. */
    private final Set<Integer> fences = new HashSet<>();

    private boolean paused;

    /** @param name what the script calls them */
    Upstreams(String name, Moment moment, List<String> endpoints, Executor threads) throws IOException {
        this.name = name;
        this.moment = moment;
        this.threads = threads;
        for (String endpoint : endpoints) {
            switch (endpoint) {
                case "live" -> ports.add(listen(""));
                case "refused" -> ports.add(refusingPort());
                case "none" -> {}
                default -> ports.add(listen(endpoint));
            }
        }
    }

    /** @param kind of {@link SecureEndpoints}, or empty for clear text */
    private int listen(String kind) throws IOException {
        if (!kind.isEmpty() && !SecureEndpoints.has(kind)) {
            throw new IllegalArgumentException("no kind of endpoint: " + kind);
        }
        ServerSocket server = new ServerSocket();
        server.setReceiveBufferSize(BUFFER);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        servers.add(server);
        synchronized (moment) {
            accepting.add(server);
        }
        threads.execute(() -> accept(server, kind));
        return server.getLocalPort();
    }

    private static int refusingPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void accept(ServerSocket server, String kind) {
        try {
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                socket.setSendBufferSize(BUFFER);
                synchronized (moment) {
                    if (fences.remove(socket.getPort())) {
                        socket.close();
                        moment.changed();
                        continue;
                    }
                    if (kind.isEmpty()) {
                        add(socket, socket);
                        continue;
                    }
                }
                threads.execute(() -> secure(kind, socket));
            }
        } catch (IOException e) {
            if (!server.isClosed()) {
                throw new AssertionError("cannot accept", e);
            }
        } finally {
            synchronized (moment) {
                accepting.remove(server);
                moment.changed();
            }
        }
    }

    /** Call with the lock. */
    private void add(Socket socket, Socket plain) {
        String called = name + " " + (accepted.size() + 1);
        accepted.add(new Wire(called, moment, socket, plain, paused, threads));
        moment.changed();
    }

    /** A connection counts when its handshake is done; one that fails there is none. */
    private void secure(String kind, Socket plain) {
        Socket socket = SecureEndpoints.secure(kind, plain);
        if (socket != null) {
            synchronized (moment) {
                add(socket, plain);
            }
        }
    }

    /** The ports of all endpoints, in order. */
    List<Integer> ports() {
        return ports;
    }

    /** Connections that are accepted from now on are not read. */
    void pause(boolean pause) {
        synchronized (moment) {
            paused = pause;
        }
    }

    /** The connection that was accepted as number {@code number}, counted from 1. */
    Wire get(int number) {
        moment.await("connection " + number + " to " + name, () -> accepted.size() >= number);
        synchronized (moment) {
            return accepted.get(number - 1);
        }
    }

    /** The first connection on which there is something to read. */
    Wire awaitActive() {
        return awaitActive("any " + name, Wire::hasUnread);
    }

    /** The same of those to endpoint {@code number}, counted from 1. */
    Wire awaitActive(int number) {
        int port = ports.get(number - 1);
        return awaitActive("endpoint " + number, wire -> wire.socket().getLocalPort() == port && wire.hasUnread());
    }

    private Wire awaitActive(String where, Predicate<Wire> active) {
        moment.await("bytes on " + where, () -> accepted.stream().anyMatch(active));
        return all().stream().filter(active).findFirst().orElseThrow();
    }

    List<Wire> all() {
        synchronized (moment) {
            return List.copyOf(accepted);
        }
    }

    /** Waits until every connection that was made before is accepted, and accepts no more. */
    void closeServers() throws IOException {
        for (ServerSocket server : servers) {
            try (Socket fence = new Socket()) {
                fence.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                synchronized (moment) {
                    fences.add(fence.getLocalPort());
                }
                // Connections are accepted in the order they were made in.
                fence.connect(server.getLocalSocketAddress());
                moment.await("the accepting of what connected before", () -> !fences.contains(fence.getLocalPort()));
            }
            server.close();
            // A connection may come at the very end: it must end like the others.
            moment.await("the last connection to " + name, () -> !accepting.contains(server));
        }
    }

    @Override
    public void close() throws IOException {
        for (ServerSocket server : servers) {
            server.close();
        }
        all().forEach(Wire::dispose);
    }
}
