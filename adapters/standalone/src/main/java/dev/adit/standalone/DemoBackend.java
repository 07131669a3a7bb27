package dev.adit.standalone;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** A backend of the demo that says who it is and what it was asked for. Listens on a free port of the loopback address. */
final class DemoBackend implements AutoCloseable {
    private final String name;
    private final HttpServer server;

    private DemoBackend(String name, HttpServer server) {
        this.name = name;
        this.server = server;
    }

    static DemoBackend start(String name) throws IOException {
        HttpServer server = JdkHttpServer.bind(new InetSocketAddress(NetUtil.LOCALHOST4, 0));
        DemoBackend backend = new DemoBackend(name, server);
        server.createContext("/", backend::answer);
        server.start();
        return backend;
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
            String host = exchange.getRequestHeaders().getFirst("Host");
            String answer = name + ": " + exchange.getRequestMethod() + " "
                    + exchange.getRequestURI().getRawPath() + " for " + host + "\n";
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(200, head ? -1 : bytes.length);
            if (!head) {
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
