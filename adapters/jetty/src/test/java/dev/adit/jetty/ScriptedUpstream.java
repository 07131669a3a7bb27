package dev.adit.jetty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An upstream that does to each connection what its script says, and remembers what it was asked. */
final class ScriptedUpstream implements AutoCloseable {
    /** What happens on one connection. */
    @FunctionalInterface
    interface Script {
        void run(Peer gateway) throws Exception;
    }

    final List<String> heads = new CopyOnWriteArrayList<>();
    final List<Throwable> failures = new CopyOnWriteArrayList<>();
    final AtomicInteger connections = new AtomicInteger();
    private final ServerSocket server;
    private final List<Peer> open = new CopyOnWriteArrayList<>();
    private final Script script;

    ScriptedUpstream(Script script) {
        this(script, plainSocket());
    }

    ScriptedUpstream(Script script, ServerSocket server) {
        this.script = script;
        this.server = server;
        Thread thread = new Thread(this::accept, "upstream");
        thread.setDaemon(true);
        thread.start();
    }

    private static ServerSocket plainSocket() {
        try {
            return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Answers every request on every connection with {@code answer}. */
    static ScriptedUpstream answering(String answer) {
        ScriptedUpstream[] self = new ScriptedUpstream[1];
        self[0] = new ScriptedUpstream(gateway -> {
            while (true) {
                String head = gateway.head();
                gateway.read(Peer.contentLength(head));
                self[0].heads.add(head);
                gateway.send(answer);
            }
        });
        return self[0];
    }

    static ScriptedUpstream answeringText(String text) {
        return answering("HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                connections.incrementAndGet();
                Peer gateway = new Peer(socket);
                open.add(gateway);
                Thread thread = new Thread(() -> serve(gateway), "upstream connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                if (!server.isClosed()) {
                    failures.add(e);
                }
            }
        }
    }

    private void serve(Peer gateway) {
        try (gateway) {
            script.run(gateway);
        } catch (Exception | AssertionError e) {
            failures.add(e);
        }
    }

    int port() {
        return server.getLocalPort();
    }

    /** Closes the connections that are open; new ones are accepted. */
    void hangUp() throws IOException {
        for (Peer gateway : open) {
            gateway.close();
        }
        open.clear();
    }

    @Override
    public void close() throws IOException {
        server.close();
        hangUp();
    }
}
