package dev.adit.tck;

import dev.adit.Gateway;
import dev.adit.balancer.Endpoint;
import dev.adit.policy.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Many clients at once, and an endpoint that may have fewer connections than there are event loops: every request is answered,
 * and the endpoint never has one connection too many.
 */
final class ConnectionLimits {
    /** What {@code tck.case} is compared with. */
    static final String NAME = "Connections: an endpoint has so many open and no more";

    private static final int CLIENTS = 8;
    private static final int REQUESTS = 50;

    private ConnectionLimits() {}

    static void run(Subject.Starter starter) throws Exception {
        for (int limit : new int[] {1, 3}) {
            run(starter, limit);
        }
    }

    private static void run(Subject.Starter starter, int limit) throws Exception {
        Gateway gateway = Gateway.builder()
                .settings(Settings.DEFAULT.with(Map.of(
                        "max-endpoint-connections", Integer.toString(limit),
                        "max-pending", Integer.toString(CLIENTS),
                        "pending-timeout", "10m")))
                .build();
        ExecutorService threads = Executors.newCachedThreadPool();
        try (Counting endpoint = new Counting()) {
            threads.execute(endpoint);
            gateway.update(Manifest.resources(Manifest.named("one"), List.of(), endpoint.port()));
            RunningTransport transport = starter.start(gateway, TckOptions.DEFAULT);
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(threads.submit(() -> {
                    Neighbour.ask(transport.httpPort(), REQUESTS);
                    return null;
                }));
            }
            for (Future<?> client : clients) {
                client.get();
            }
            transport.close();
            if (endpoint.most > limit) {
                throw new AssertionError(endpoint.most + " connections were open at once, not " + limit);
            }
            Endpoint counted = Endpoint.of("127.0.0.1", endpoint.port());
            new Moment(Moment.PATIENCE)
                    .poll(
                            "no connection to be counted",
                            () -> gateway.balancer().connections(counted) == 0);
        } finally {
            threads.shutdownNow();
            threads.awaitTermination(Moment.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /**
     * An endpoint that answers at once, and counts. One thread does all of it: when a connection comes, the end of those that
     * were closed before is there to be read.
     */
    private static final class Counting implements Runnable, AutoCloseable {
        private static final byte[] ANSWER = Text.bytes("HTTP/1.1 204 No Content\r\n\r\n");

        private final Selector selector = Selector.open();
        private final ServerSocketChannel server = ServerSocketChannel.open();
        private final Set<SocketChannel> open = new HashSet<>();
        private final ByteBuffer buffer = ByteBuffer.allocate(16 << 10);
        volatile int most;

        Counting() throws IOException {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            server.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
        }

        int port() {
            return server.socket().getLocalPort();
        }

        @Override
        public void run() {
            try {
                while (selector.isOpen()) {
                    selector.select();
                    selector.selectedKeys().clear();
                    // What has come is accepted before anybody is read: so nobody who ended before is missed.
                    for (SocketChannel made = server.accept(); made != null; made = server.accept()) {
                        readAll();
                        made.configureBlocking(false).register(selector, SelectionKey.OP_READ);
                        open.add(made);
                        most = Math.max(most, open.size());
                    }
                    readAll();
                }
            } catch (ClosedSelectorException e) {
                open.clear();
            } catch (IOException e) {
                throw new AssertionError("the endpoint is broken", e);
            }
        }

        private void readAll() throws IOException {
            for (SocketChannel channel : List.copyOf(open)) {
                int read = channel.read(buffer.clear());
                if (read < 0) {
                    open.remove(channel);
                    channel.close();
                } else if (read > 0 && endsHead()) {
                    channel.write(ByteBuffer.wrap(ANSWER));
                }
            }
        }

        /** Heads are short, and each comes whole. */
        private boolean endsHead() {
            int end = buffer.position();
            return end > 3 && buffer.getInt(end - 4) == 0x0d0a0d0a;
        }

        @Override
        public void close() throws IOException {
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        }
    }
}
