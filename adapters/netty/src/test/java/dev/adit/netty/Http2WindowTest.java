package dev.adit.netty;

import static dev.adit.netty.Http2Peer.headers;
import static dev.adit.netty.Http2Peer.request;
import static dev.adit.netty.NettyTransport.NETTY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.exchange.Outcome;
import dev.adit.netty.Http2Peer.Frame;
import dev.adit.tck.fixture.Peer;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How far peers may run ahead of what is passed on. */
class Http2WindowTest {
    private static final int INITIAL_WINDOW = 4;
    private static final int PIECE = 16_384;
    /** As many pieces as let a window grow as far as it ever will. */
    private static final int PIECES = 80;

    /** By how much the window of {@code stream} opens until a ping is answered. */
    private static int opened(Http2Peer peer, int stream) throws Exception {
        peer.send(Http2Peer.PING, 0, 0, new byte[8]);
        int opened = 0;
        while (true) {
            Frame frame = peer.any();
            if (frame.type() == Http2Peer.PING && frame.flags() == Http2Peer.ACK) {
                return opened;
            }
            if (frame.type() == Http2Peer.WINDOW_UPDATE && frame.stream() == stream) {
                opened += ByteBuffer.wrap(frame.payload()).getInt();
            }
        }
    }

    private static void await(Semaphore event) throws Exception {
        assertThat(event.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    }

    /**
     * Sends each piece of a body when the one before it has passed the gateway.
     *
     * @return the window of {@code stream} after that
     */
    private static int sendSteadily(Http2Peer peer, int stream, Semaphore passed) throws Exception {
        int window = Http2Codec.STREAM_WINDOW;
        for (int sent = 0; sent < PIECES; sent++) {
            while (window < PIECE) {
                window += opened(peer, stream);
            }
            peer.data(stream, new byte[PIECE], false);
            window -= PIECE;
            await(passed);
        }
        return window + opened(peer, stream);
    }

    private static ScriptedUpstream reading(Semaphore passed) {
        return new ScriptedUpstream(gateway -> {
            while (true) {
                gateway.head();
                for (int i = 0; i < PIECES; i++) {
                    gateway.read(PIECE);
                    passed.release();
                }
                gateway.read(1);
                gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            }
        });
    }

    @Test
    void growWhileTheUpstreamKeepsUpAndOnlySoFar() throws Exception {
        Semaphore passed = new Semaphore(0);
        try (ScriptedUpstream upstream = reading(passed);
                Proxy proxy = NETTY.to(upstream.port()).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            int streams = 6;
            int all = 0;
            int grown = 0;
            for (int i = 0; i < streams; i++) {
                int window = upload(client, 1 + 2 * i, passed);
                all += window;
                grown += window > Http2Codec.MAX_STREAM_WINDOW / 2 ? 1 : 0;
            }
            assertThat(grown).as("streams with the largest window").isEqualTo(4);
            assertThat(all).isLessThanOrEqualTo(streams * Http2Codec.STREAM_WINDOW + Http2Codec.LOAN);
            for (int i = 0; i < streams; i++) {
                client.data(1 + 2 * i, new byte[1], true).answer(1 + 2 * i);
            }
            assertThat(upload(client, 1 + 2 * streams, passed))
                    .as("window of a stream that comes after them")
                    .isBetween(Http2Codec.MAX_STREAM_WINDOW / 2, Http2Codec.MAX_STREAM_WINDOW);
            assertThat(upstream.failures).isEmpty();
        }
    }

    private static int upload(Http2Peer client, int stream, Semaphore passed) throws Exception {
        client.headers(stream, request("POST", "/", "content-length", "" + (PIECES * PIECE + 1)), false);
        return sendSteadily(client, stream, passed);
    }

    @Test
    void growForEndpointsToo() throws Exception {
        Semaphore passed = new Semaphore(0);
        int[] window = new int[1];
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    Http2Peer peer = Http2Peer.server(gateway);
                    int stream = peer.nextHead().stream();
                    peer.headers(stream, headers(":status", "200", "content-length", "" + PIECES * PIECE), false);
                    window[0] = sendSteadily(peer, stream, passed);
                    peer.data(stream, new byte[0], true);
                    gateway.rest();
                });
                Proxy proxy = NETTY.of(Proxy.manifest("grpc", upstream.port())).start();
                Peer client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").head();
            for (int i = 0; i < PIECES; i++) {
                client.read(PIECE);
                passed.release();
            }
            proxy.awaitOutcomes(Outcome.COMPLETED);
            assertThat(upstream.failures).isEmpty();
            assertThat(window[0]).isBetween(Http2Codec.MAX_STREAM_WINDOW / 2, Http2Codec.MAX_STREAM_WINDOW);
        }
    }

    @Test
    void doNotGrowIfTheUpstreamIsTheSlowerOne() throws Exception {
        int rounds = 4;
        BlockingQueue<Integer> sent = new ArrayBlockingQueue<>(rounds);
        Semaphore taken = new Semaphore(0);
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    Http2Peer peer = Http2Peer.server(gateway, INITIAL_WINDOW, 0);
                    int stream = peer.nextHead().stream();
                    for (int i = 0; i < rounds; i++) {
                        int size = sent.take();
                        peer.window(0, size).window(stream, size);
                        for (int read = 0; read < size; ) {
                            read += peer.next(Http2Peer.DATA, stream).payload().length;
                        }
                        taken.release();
                    }
                    peer.headers(stream, headers(":status", "200"), true);
                    gateway.rest();
                });
                Proxy proxy = NETTY.of(Proxy.manifest("grpc", upstream.port())).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(1, request("POST", "/"), false);
            int window = Http2Codec.STREAM_WINDOW;
            for (int i = 0; i < rounds; i++) {
                for (int left = window; left > 0; left -= PIECE) {
                    client.data(1, new byte[Math.min(left, PIECE)], false);
                }
                assertThat(opened(client, 1)).as("opened for nothing").isZero();
                sent.add(window);
                await(taken);
                window = opened(client, 1);
                assertThat(window).isBetween(1, Http2Codec.STREAM_WINDOW);
            }
            proxy.awaitOutcomes(Outcome.COMPLETED);
            assertThat(upstream.failures).isEmpty();
        }
    }
}
