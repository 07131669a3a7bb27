package dev.adit.standalone;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.adit.Gateway;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/**
 * What operators ask a running gateway: {@code /healthz} (the process answers), {@code /readyz} (it serves a table and is
 * not shutting down), {@code /routes} (the table as JSON, without secrets) and {@code /pools} (what is known of their
 * endpoints). Plain HTTP; meant for loopback or probes.
 */
final class AdminServer implements AutoCloseable {
    private static final int THREADS = 2;

    private final Gateway gateway;
    private final HttpServer server;
    private final ExecutorService threads;
    private volatile boolean ready;

    private AdminServer(Gateway gateway, HttpServer server, ExecutorService threads) {
        this.gateway = gateway;
        this.server = server;
        this.threads = threads;
    }

    static AdminServer start(Gateway gateway, InetSocketAddress address) throws IOException {
        ThreadFactory daemons = task -> {
            Thread thread = new Thread(task, "adit-admin");
            thread.setDaemon(true);
            return thread;
        };
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, daemons);
        HttpServer server = JdkHttpServer.bind(address);
        AdminServer admin = new AdminServer(gateway, server, threads);
        server.setExecutor(threads);
        server.createContext("/", admin::answer);
        server.start();
        return admin;
    }

    int port() {
        return server.getAddress().getPort();
    }

    void ready(boolean ready) {
        this.ready = ready;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                send(exchange, 405, "text/plain", "only GET and HEAD\n");
                return;
            }
            switch (exchange.getRequestURI().getPath()) {
                case "/healthz" -> send(exchange, 200, "text/plain", "ok\n");
                case "/readyz" -> send(exchange, ready ? 200 : 503, "text/plain", ready ? "ready\n" : "not ready\n");
                case "/routes" ->
                    send(exchange, 200, "application/json", Json.write(TableView.of(gateway.table())) + "\n");
                case "/pools" ->
                    send(exchange, 200, "application/json", Json.write(PoolsView.of(gateway.table())) + "\n");
                default -> send(exchange, 404, "text/plain", "there are /healthz, /readyz, /routes and /pools\n");
            }
        }
    }

    private static void send(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
