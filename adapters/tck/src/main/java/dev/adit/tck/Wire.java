package dev.adit.tck;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The judge's end of one connection. Bytes come and go on two threads of its own, so a script never blocks on a peer that
 * does not read, and a wire never takes more than a megabyte that the script did not ask for.
 *
 * <pre>
 *   script --send--> queue --writer thread--> socket
 *   script &lt;--read-- buffer &lt;--reader thread-- socket     stops at 1 MiB unread, or when told to
 * </pre>
 */
final class Wire implements Sender {
    /** How the peer ended its direction. */
    enum End {
        NOT_YET,
        FINISHED,
        RESET
    }

    private static final int MOST_UNREAD = 1 << 20;
    private static final int PIECE = 64 << 10;
    private static final int REMEMBERED = 8 << 10;
    private static final int SHOWN = 2000;

    private final String name;
    private final Moment moment;
    private final Socket socket;
    private final Socket transport;
    private final Queue<Iterator<byte[]>> queue = new ArrayDeque<>();
    private final byte[] seen = new byte[REMEMBERED];
    private final byte[] sent = new byte[REMEMBERED];

    private byte[] buffer = new byte[PIECE];
    private int start;
    private int end;
    private long received;
    private long written;
    private boolean writing;
    private boolean paused;
    private boolean outputEnded;
    private boolean closed;
    private End inputEnd = End.NOT_YET;

    /**
     * @param socket what is read and written
     * @param transport the TCP socket below it, or the same
     */
    Wire(String name, Moment moment, Socket socket, Socket transport, boolean paused, Executor threads) {
        this.name = name;
        this.moment = moment;
        this.socket = socket;
        this.transport = transport;
        this.paused = paused;
        threads.execute(this::receive);
        threads.execute(this::transmit);
    }

    @Override
    public String name() {
        return name;
    }

    /** What is read and written. */
    Socket socket() {
        return socket;
    }

    boolean isSecure() {
        return socket != transport;
    }

    // Receiving

    private void receive() {
        byte[] piece = new byte[PIECE];
        End ending = End.RESET;
        try {
            while (mayReceive()) {
                int n = socket.getInputStream().read(piece);
                if (n < 0) {
                    ending = End.FINISHED;
                    break;
                }
                append(piece, n);
            }
        } catch (IOException e) {
            // A reset, or our own closing; which of the two is known from closed.
            ending = End.RESET;
        }
        synchronized (moment) {
            inputEnd = ending;
            moment.changed();
        }
    }

    private boolean mayReceive() throws IOException {
        synchronized (moment) {
            try {
                while (!closed && (paused || end - start >= MOST_UNREAD)) {
                    moment.wait();
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return !closed;
        }
    }

    private void append(byte[] piece, int n) {
        synchronized (moment) {
            if (end + n > buffer.length) {
                byte[] larger = end - start + n > buffer.length ? new byte[2 * (end - start + n)] : buffer;
                System.arraycopy(buffer, start, larger, 0, end - start);
                buffer = larger;
                end -= start;
                start = 0;
            }
            System.arraycopy(piece, 0, buffer, end, n);
            remember(seen, received, piece, n);
            end += n;
            received += n;
            moment.changed();
        }
    }

    private static void remember(byte[] where, long at, byte[] piece, int n) {
        if (at < REMEMBERED) {
            System.arraycopy(piece, 0, where, (int) at, (int) Math.min(n, REMEMBERED - at));
        }
    }

    /** At least one byte and at most {@code most}; none at the end. */
    byte[] read(int most) {
        synchronized (moment) {
            moment.await("bytes for " + name, () -> end > start || inputEnd != End.NOT_YET);
            int n = Math.min(most, end - start);
            byte[] bytes = Arrays.copyOfRange(buffer, start, start + n);
            start += n;
            moment.changed();
            return bytes;
        }
    }

    /** That many bytes, or fewer at the end. For threads that wait as long as the connection lasts. */
    byte[] take(int length) {
        byte[] bytes = new byte[length];
        int have = 0;
        synchronized (moment) {
            try {
                while (have < length) {
                    while (end == start && inputEnd == End.NOT_YET) {
                        moment.wait();
                    }
                    int n = Math.min(length - have, end - start);
                    if (n == 0) {
                        break;
                    }
                    System.arraycopy(buffer, start, bytes, have, n);
                    start += n;
                    have += n;
                    moment.changed();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return have == length ? bytes : Arrays.copyOf(bytes, have);
    }

    /** The next byte, or -1 at the end. */
    int read() {
        synchronized (moment) {
            if (start == end) {
                moment.await("bytes for " + name, () -> end > start || inputEnd != End.NOT_YET);
            }
            return start == end ? -1 : buffer[start++] & 0xff;
        }
    }

    /** Bytes that came and that no script has read. */
    byte[] unread() {
        synchronized (moment) {
            return Arrays.copyOfRange(buffer, start, end);
        }
    }

    boolean hasUnread() {
        synchronized (moment) {
            return end > start;
        }
    }

    /** Whether any byte came. */
    boolean wasUsed() {
        synchronized (moment) {
            return received > 0;
        }
    }

    /** Waits until the peer has ended its direction. */
    End awaitEnd() {
        synchronized (moment) {
            moment.await("the end of " + name, () -> inputEnd != End.NOT_YET || end - start >= MOST_UNREAD);
            return inputEnd;
        }
    }

    void pause(boolean pause) {
        synchronized (moment) {
            paused = pause;
            moment.changed();
        }
    }

    // Sending

    /** Sends {@code pieces}, one write for each, in the background. */
    void send(Iterator<byte[]> pieces) {
        synchronized (moment) {
            queue.add(pieces);
            moment.changed();
        }
    }

    /** Each byte by itself. */
    static Iterator<byte[]> single(byte[] bytes) {
        return IntStream.range(0, bytes.length)
                .mapToObj(i -> new byte[] {bytes[i]})
                .iterator();
    }

    void send(byte[] bytes) {
        send(List.of(bytes).iterator());
    }

    private void transmit() {
        try {
            OutputStream out = socket.getOutputStream();
            for (Iterator<byte[]> pieces = next(); pieces != null; pieces = next()) {
                while (!isOutputEnded() && pieces.hasNext()) {
                    byte[] piece = pieces.next();
                    out.write(piece);
                    out.flush();
                    synchronized (moment) {
                        remember(sent, written, piece, piece.length);
                        written += piece.length;
                    }
                }
            }
        } catch (IOException e) {
            synchronized (moment) {
                // The peer wants no more: a script that minds finds the end on its reading side.
                closedForWriting();
            }
        }
    }

    private boolean isOutputEnded() {
        synchronized (moment) {
            return outputEnded;
        }
    }

    /** Sends nothing of what is left. */
    void drop() {
        synchronized (moment) {
            closedForWriting();
        }
    }

    private void closedForWriting() {
        outputEnded = true;
        writing = false;
        queue.clear();
        moment.changed();
    }

    private @Nullable Iterator<byte[]> next() throws IOException {
        synchronized (moment) {
            writing = false;
            moment.changed();
            try {
                while (queue.isEmpty() && !closed && !outputEnded) {
                    moment.wait();
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            writing = !closed && !outputEnded;
            return writing ? queue.remove() : null;
        }
    }

    @Override
    public boolean isSending() {
        synchronized (moment) {
            return writing || !queue.isEmpty();
        }
    }

    @Override
    public long written() {
        synchronized (moment) {
            return written;
        }
    }

    /** Waits until everything was handed to the kernel. */
    void awaitSent() {
        moment.await("everything sent on " + name, () -> !isSending());
    }

    // Ending

    /** Ends our direction. */
    void finish() {
        awaitSent();
        synchronized (moment) {
            if (outputEnded || closed) {
                return;
            }
            outputEnded = true;
            moment.changed();
        }
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            // The peer was faster, and its end is what the script looks at.
            pause(false);
        }
    }

    /** Closes both directions. */
    void close() {
        awaitSent();
        dispose();
    }

    /** Resets the connection. */
    void reset() throws IOException {
        transport.setSoLinger(true, 0);
        dispose(transport);
    }

    boolean isClosed() {
        synchronized (moment) {
            return closed;
        }
    }

    /** Closes without waiting for anything. */
    void dispose() {
        dispose(socket);
    }

    private void dispose(Socket which) {
        synchronized (moment) {
            closed = true;
            moment.changed();
        }
        try {
            which.close();
            transport.close();
        } catch (IOException e) {
            throw new AssertionError("cannot close " + name, e);
        }
    }

    /** What was sent and what came, for messages about failures. */
    String transcript() {
        synchronized (moment) {
            return name + " sent " + written + " bytes" + (isSending() ? " and is still sending" : "") + "\n"
                    + show(sent, written) + name + " received " + received + " bytes, " + ending() + "\n"
                    + show(seen, received);
        }
    }

    /** How the connection stands, for messages about failures. */
    String ending() {
        synchronized (moment) {
            return closed ? "closed by the script" : "the peer's end: " + inputEnd;
        }
    }

    private static String show(byte[] remembered, long length) {
        return Text.show(Arrays.copyOf(remembered, (int) Math.min(length, REMEMBERED)), SHOWN)
                .indent(4);
    }
}
