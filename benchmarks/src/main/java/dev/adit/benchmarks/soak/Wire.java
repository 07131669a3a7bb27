package dev.adit.benchmarks.soak;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** One HTTP/1.1 connection, of either side: no more than the soak needs, and without the mercy of a client's library. */
final class Wire implements Closeable {
    private static final int PATIENCE_MILLIS = 30_000;
    private static final int MAX_LINE = 16_384;

    /** A message's first line, and its fields by lower-case names. */
    record Head(String line, Map<String, String> fields) {
        /** The second word: a request's target, an answer's status. */
        String second() {
            return line.split(" ", 3)[1];
        }
    }

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Wire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream(), 16_384);
        out = new BufferedOutputStream(socket.getOutputStream(), 16_384);
    }

    InputStream in() {
        return in;
    }

    OutputStream out() {
        return out;
    }

    void send(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** One chunk; without bytes, the last. */
    void sendChunk(byte[] bytes, int length) throws IOException {
        send(Integer.toHexString(length) + "\r\n");
        out.write(bytes, 0, length);
        send("\r\n");
    }

    /** @throws EOFException if the connection ends before a head begins, or within it */
    Head head() throws IOException {
        String first = line();
        Map<String, String> fields = new LinkedHashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            fields.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new Head(first, fields);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.length() < MAX_LINE) {
            int c = in.read();
            if (c < 0) {
                throw new EOFException("the connection ended in a head, after \"" + line + '"');
            }
            if (c == '\n') {
                return line.substring(0, line.length() - 1);
            }
            line.append((char) c);
        }
        throw new IOException("a line of more than " + MAX_LINE + " bytes");
    }

    /** The body that follows {@code head}; it ends where the message does. */
    InputStream body(Head head) {
        String length = head.fields.get("content-length");
        return new Body(length == null ? 0 : Long.parseLong(length), head.fields.containsKey("transfer-encoding"));
    }

    /** Ends the connection with a reset instead of an orderly close. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private final class Body extends InputStream {
        private final boolean chunked;
        private long left;
        private boolean first = true;
        private boolean ended;

        Body(long length, boolean chunked) {
            this.left = length;
            this.chunked = chunked;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (left == 0 && chunked && !ended) {
                nextChunk();
            }
            if (left == 0) {
                return -1;
            }
            int read = in.read(to, offset, (int) Math.min(length, left));
            if (read < 0) {
                throw new EOFException("the connection ended in a body");
            }
            left -= read;
            return read;
        }

        private void nextChunk() throws IOException {
            if (!first && !line().isEmpty()) {
                throw new IOException("a chunk that is longer than its size");
            }
            first = false;
            String size = line();
            left = Long.parseLong(size.split(";", 2)[0], 16);
            if (left == 0) {
                ended = true;
                for (String trailer = line(); !trailer.isEmpty(); trailer = line()) {
                    // Nobody here asks for them.
                    continue;
                }
            }
        }
    }
}
