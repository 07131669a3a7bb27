package dev.adit.netty;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Ticket keys that an operator keeps in a file and replaces there; several gateways may have the same. Looks at it every few seconds, on a
 * thread of its own. What cannot be read then leaves the keys as they are.
 */
final class TicketKeyFile implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NettyGateway.class.getName());
    private static final Duration PERIOD = Duration.ofSeconds(5);
    /** Room for all keys there may be, and for what is said about them. */
    private static final int MOST_BYTES = 64 << 10;

    private final Path file;
    private final TicketKeys keys;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("adit-ticket-keys", true));
    private byte[] last;

    /**
     * Reads a file.
     *
     * @throws UncheckedIOException if it cannot be read
     * @throws IllegalArgumentException if it holds anything but keys, see {@link TicketKeys#replace}
     */
    TicketKeyFile(Path file) {
        this.file = file;
        try {
            last = read();
        } catch (IOException e) {
            throw new UncheckedIOException("the ticket keys cannot be read: " + file, e);
        }
        try {
            keys = TicketKeys.of(text(last));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the ticket keys of " + file + " cannot be used: " + e.getMessage());
        }
    }

    /** Its keys, which change with it once {@link #watch} was called. */
    TicketKeys keys() {
        return keys;
    }

    void watch() {
        thread.scheduleWithFixedDelay(this::look, PERIOD.toNanos(), PERIOD.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Takes over what is new. */
    void look() {
        try {
            byte[] now = read();
            if (!Arrays.equals(now, last)) {
                last = now; // also if it is useless, so that this is said once
                keys.replace(text(now));
                LOG.log(System.Logger.Level.INFO, "the ticket keys of {0} were replaced", file);
            }
        } catch (IOException | IllegalArgumentException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the ticket keys of {0} stay as they were: {1}",
                    file,
                    e instanceof IOException ? e.toString() : e.getMessage());
        }
    }

    private byte[] read() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new IOException(file + " is longer than " + MOST_BYTES + " bytes");
            }
            return bytes;
        }
    }

    /** Whatever is no ASCII is no Base64 either, and refused as such. */
    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
