package dev.adit.tck;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * An upstream that always answers at once, and a client of it. While something else is stuck, the neighbour must not be;
 * and its round trips are the clock by which "stuck" is told.
 */
final class Neighbour implements AutoCloseable {
    private static final byte[] REQUEST = Text.bytes("GET / HTTP/1.1\r\nHost: " + Manifest.NEIGHBOUR + "\r\n\r\n");
    private static final byte[] ANSWER = Text.bytes("HTTP/1.1 204 No Content\r\n\r\n");
    private static final int END_OF_HEAD = 0x0d0a0d0a;
    private static final int TIMEOUT_MILLIS = 10_000;

    private final ServerSocket server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Executor threads;

    Neighbour(Executor threads) throws IOException {
        this.threads = threads;
        threads.execute(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                open.add(socket);
                threads.execute(() -> answer(socket));
            }
        } catch (IOException e) {
            if (!server.isClosed()) {
                throw new AssertionError("the neighbour cannot accept", e);
            }
        }
    }

    private void answer(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (readHead(in)) {
                socket.getOutputStream().write(ANSWER);
            }
        } catch (IOException e) {
            // The client of this connection finds out, and fails.
            open.remove(socket);
        }
        open.remove(socket);
    }

    private static boolean readHead(InputStream in) throws IOException {
        int last = 0;
        while (last != END_OF_HEAD) {
            int b = in.read();
            if (b < 0) {
                return false;
            }
            last = last << 8 | b;
        }
        return true;
    }

    /** Asks through the transport at {@code port}, one request after another. */
    static void ask(int port, int times) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (int i = 0; i < times; i++) {
                socket.getOutputStream().write(REQUEST);
                if (!readHead(in)) {
                    throw new AssertionError("the neighbour was not answered");
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
