package dev.adit.standalone;

import com.sun.net.httpserver.HttpServer;
import dev.adit.manifest.EndpointSlice;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A server on loopback for every port of every Service: it says who it is and what it was asked for. */
final class NamedBackends implements AutoCloseable {
    private final Map<String, HttpServer> servers = new HashMap<>();

    /** The same slice, with one endpoint that really answers. Services are told apart by the port's name. */
    EndpointSlice stand(EndpointSlice slice) throws IOException {
        boolean ready = slice.endpoints().stream().anyMatch(e -> e.ready() == null || e.ready());
        if (!ready) {
            return slice;
        }
        List<EndpointSlice.Port> ports = new java.util.ArrayList<>();
        for (EndpointSlice.Port port : slice.ports()) {
            ports.add(new EndpointSlice.Port(
                    port.name(), server(slice, port).getAddress().getPort(), port.protocol(), port.appProtocol()));
        }
        List<EndpointSlice.Endpoint> here = List.of(new EndpointSlice.Endpoint(
                List.of(InetAddress.getLoopbackAddress().getHostAddress()), true, true, false, "", ""));
        return new EndpointSlice(slice.metadata(), "IPv4", here, ports);
    }

    private HttpServer server(EndpointSlice slice, EndpointSlice.Port port) throws IOException {
        String name = slice.metadata().namespace() + "/" + slice.serviceName() + ":" + port.name();
        HttpServer known = servers.get(name);
        if (known != null) {
            return known;
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("X-Port-Of", name);
            exchange.getResponseHeaders()
                    .set("X-Target", exchange.getRequestURI().toString());
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        servers.put(name, server);
        return server;
    }

    @Override
    public void close() {
        servers.values().forEach(server -> server.stop(0));
    }
}
