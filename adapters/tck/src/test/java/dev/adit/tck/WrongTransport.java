package dev.adit.tck;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Answers every request head with the same bytes, whatever it says; what else it does wrong is up to the test. */
final class WrongTransport implements AutoCloseable {
    /** What happens on a connection once a head was read. */
    @FunctionalInterface
    interface Behaviour {
        void answer(Socket client) throws IOException;
    }

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Thread acceptor;

    WrongTransport(Behaviour behaviour) throws IOException {
        acceptor = new Thread(() -> accept(behaviour), "wrong-transport");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    private void accept(Behaviour behaviour) {
        try {
            while (true) {
                try (Socket client = server.accept()) {
                    readHead(client.getInputStream());
                    behaviour.answer(client);
                }
            }
        } catch (IOException e) {
            if (!server.isClosed()) {
                accept(behaviour);
            }
        }
    }

    private static void readHead(InputStream in) throws IOException {
        int last = 0;
        for (int b = in.read(); b >= 0 && last != 0x0d0a0d0a; b = last == 0x0d0a0d0a ? 0 : in.read()) {
            last = last << 8 | b;
        }
    }

    RunningTransport running() {
        return new RunningTransport(server.getLocalPort(), -1, this);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        server.close();
        acceptor.join();
    }
}
