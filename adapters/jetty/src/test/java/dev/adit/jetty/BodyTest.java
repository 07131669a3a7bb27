package dev.adit.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.adit.exchange.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** Bodies much larger than any buffer: whole, and at the pace of the slower side. */
class BodyTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE = 64 * MIB;

    private static byte[] block() {
        byte[] block = new byte[MIB];
        for (int i = 0; i < block.length; i++) {
            block[i] = (byte) (i * 31 + i / 251);
        }
        return block;
    }

    private static long checksum(int blocks) {
        CRC32 sum = new CRC32();
        byte[] block = block();
        for (int i = 0; i < blocks; i++) {
            sum.update(block);
        }
        return sum.getValue();
    }

    private static long checksum(InputStream in, long length) throws IOException {
        CRC32 sum = new CRC32();
        byte[] buffer = new byte[1 << 16];
        while (length > 0) {
            int n = in.read(buffer, 0, (int) Math.min(length, buffer.length));
            if (n < 0) {
                throw new IOException(length + " bytes are missing");
            }
            sum.update(buffer, 0, n);
            length -= n;
        }
        return sum.getValue();
    }

    private static void sendBlocks(OutputStream out, int blocks) throws IOException {
        byte[] block = block();
        for (int i = 0; i < blocks; i++) {
            out.write(block);
        }
    }

    @Test
    void uploadsAndDownloads() throws Exception {
        AtomicReference<Long> uploaded = new AtomicReference<>(0L);
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    uploaded.set(checksum(gateway.in(), SIZE));
                    gateway.send("HTTP/1.1 200 OK\r\nContent-Length: " + SIZE + "\r\n\r\n");
                    sendBlocks(gateway.out(), SIZE / MIB);
                    gateway.rest();
                });
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: " + SIZE + "\r\n\r\n");
            sendBlocks(client.out(), SIZE / MIB);
            client.head();

            assertThat(checksum(client.in(), SIZE)).isEqualTo(checksum(SIZE / MIB));
            assertThat(uploaded).hasValue(checksum(SIZE / MIB));
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @Test
    void passesChunksWhileTheyCome() throws Exception {
        try (ScriptedUpstream echo = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    for (int i = 0; i < 20; i++) {
                        gateway.until("4\r\n");
                        gateway.send("4\r\n" + gateway.read(4) + "\r\n");
                    }
                    gateway.until("0\r\n\r\n");
                    gateway.send("0\r\n\r\n");
                    gateway.rest();
                });
                Proxy proxy = Proxy.to(echo.port()).start();
                Peer client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\n");
            client.head();
            for (int i = 0; i < 20; i++) {
                // Jetty ends a chunk when the next one begins.
                assertThat(client.until("4\r\n") + client.read(4))
                        .as("before more was sent")
                        .endsWith("4\r\nwiki");
                client.send(i < 19 ? "4\r\nwiki\r\n" : "0\r\n\r\n");
            }
            assertThat(client.until("\r\n\r\n")).isEqualTo("\r\n0\r\n\r\n");
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @Test
    void stopsReadingAnUpstreamWhoseClientDoesNotRead() throws Exception {
        AtomicLong sent = new AtomicLong();
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.send("HTTP/1.1 200 OK\r\nContent-Length: " + SIZE + "\r\n\r\n");
                    count(gateway.out(), sent);
                    gateway.rest();
                });
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").head();
            awaitStandstill(sent);

            assertThat(sent.get()).isLessThan(SIZE / 2);
            assertThat(checksum(client.in(), SIZE)).isEqualTo(checksum(SIZE / MIB));
        }
    }

    @Test
    void stopsReadingAClientWhoseUpstreamDoesNotRead() throws Exception {
        AtomicLong sent = new AtomicLong();
        AtomicReference<Long> uploaded = new AtomicReference<>(0L);
        java.util.concurrent.CountDownLatch read = new java.util.concurrent.CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    read.await();
                    uploaded.set(checksum(gateway.in(), SIZE));
                    gateway.send("HTTP/1.1 204 No Content\r\n\r\n");
                    gateway.rest();
                });
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            client.send("PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: " + SIZE + "\r\n\r\n");
            Thread sender = new Thread(() -> count(client.out(), sent));
            sender.start();
            awaitStandstill(sent);

            assertThat(sent.get()).isLessThan(SIZE / 2);
            read.countDown();
            assertThat(client.head()).startsWith("HTTP/1.1 204");
            assertThat(uploaded).hasValue(checksum(SIZE / MIB));
            sender.join();
        }
    }

    private static void count(OutputStream out, AtomicLong sent) {
        byte[] block = block();
        try {
            for (int at = 0; at < SIZE; at += 16_384) {
                out.write(block, at % MIB, 16_384);
                sent.addAndGet(16_384);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitStandstill(AtomicLong counter) {
        AtomicLong last = new AtomicLong(-1);
        await().pollInterval(Duration.ofMillis(200)).until(() -> {
            long now = counter.get();
            return now > 0 && last.getAndSet(now) == now;
        });
    }
}
