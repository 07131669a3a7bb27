package dev.adit.standalone;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Makes the JDK's own small HTTP server, for operators and for the demo's backends. */
final class JdkHttpServer {
    static {
        // Else the body of an answer waits until the client has acknowledged its head: 40 ms on Linux.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private JdkHttpServer() {}

    static HttpServer bind(InetSocketAddress address) throws IOException {
        return HttpServer.create(address, 0);
    }
}
