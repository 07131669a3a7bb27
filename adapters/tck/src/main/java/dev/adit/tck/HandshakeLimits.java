package dev.adit.tck;

import dev.adit.Gateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * One address that begins more TLS handshakes than it may, and finishes none: as many connections stay as the limit says, whichever they
 * are, the others are closed. Once those that stayed are gone, others are served.
 */
final class HandshakeLimits {
    /** What {@code tck.case} is compared with. */
    static final String NAME = "Handshakes: an address has so many unfinished ones and no more";

    private static final int LIMIT = 2;
    private static final int REFUSED = 3;

    private HandshakeLimits() {}

    static void run(Subject.Starter starter) throws Exception {
        Gateway gateway =
                Gateway.builder().defaultIdentity(Handshakes.identity("a.test")).build();
        RunningTransport transport =
                starter.start(gateway, TckOptions.DEFAULT.with(Map.of("handshakes", Integer.toString(LIMIT))));
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Socket> sockets = new ArrayList<>();
        try {
            CountDownLatch refused = new CountDownLatch(REFUSED);
            CountDownLatch ended = new CountDownLatch(LIMIT + REFUSED);
            for (int i = 0; i < LIMIT + REFUSED; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), transport.httpsPort());
                sockets.add(socket);
                threads.execute(() -> {
                    awaitEnd(socket);
                    ended.countDown();
                    refused.countDown();
                });
            }
            if (!refused.await(Moment.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(refused.getCount() + " handshakes too many were let begin");
            }
            if (ended.getCount() != LIMIT) {
                throw new AssertionError("only " + ended.getCount() + " handshakes were let begin");
            }
            for (Socket socket : sockets) {
                socket.close();
            }
            // When the transport notices is not known.
            int[] number = {0};
            new Moment(Moment.PATIENCE).poll("a handshake", () -> shakesHands(transport.httpsPort(), number[0]++));
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
            threads.shutdownNow();
            threads.awaitTermination(Moment.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            transport.close();
        }
    }

    private static void awaitEnd(Socket socket) {
        try {
            socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            // Reset, or closed by ourselves: it has ended either way.
            return;
        }
    }

    private static boolean shakesHands(int port, int number) {
        try {
            Handshakes.shown(port, number, "a.test");
            return true;
        } catch (IOException e) {
            return false; // refused still
        }
    }
}
