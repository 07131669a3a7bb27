package dev.adit.benchmarks.soak;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * An endpoint, a process of its own so that it can be killed. {@code /small} is answered with a kilobyte, {@code /download} with
 * 8 MiB, {@code /upload} with the number of bytes that came, {@code /torn} with half of what is announced, and {@code /ws} echoes
 * WebSocket messages.
 */
final class Upstream {
    static final int SMALL = 1024;
    static final int DOWNLOAD = 8 << 20;
    private static final int TORN = 1 << 20;
    private static final int MAX_FRAME = 1 << 20;
    private static final String WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final Wire wire;

    private Upstream(Wire wire) {
        this.wire = wire;
    }

    /** Serves on the address and port given until it is killed; says when it is ready. */
    public static void main(String[] arguments) throws IOException {
        try (ServerSocket server = new ServerSocket()) {
            server.bind(
                    new InetSocketAddress(InetAddress.getByName(arguments[0]), Integer.parseInt(arguments[1])), 1024);
            System.out.println("ready");
            while (true) {
                Socket socket = server.accept();
                Thread thread = new Thread(() -> serve(socket), "connection");
                thread.setDaemon(true);
                thread.start();
            }
        }
    }

    private static void serve(Socket socket) {
        try (Wire wire = new Wire(socket)) {
            // It is the gateway that ends what it has no use for.
            socket.setSoTimeout(0);
            Upstream upstream = new Upstream(wire);
            while (upstream.answer()) {
                wire.out().flush();
            }
        } catch (EOFException | SocketException e) {
            // The gateway ended it: nothing to answer.
            return;
        } catch (IOException | NoSuchAlgorithmException e) {
            System.err.println("upstream: " + e);
        }
    }

    private boolean answer() throws IOException, NoSuchAlgorithmException {
        Wire.Head head = wire.head();
        String path = head.second();
        if (path.startsWith("/ws")) {
            upgrade(head);
            return false;
        }
        long received = Pattern.check(wire.body(head));
        if (path.startsWith("/torn")) {
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + TORN + "\r\n\r\n");
            Pattern.write(wire.out(), 0, TORN / 2);
            wire.out().flush();
            wire.reset();
            return false;
        }
        if (path.startsWith("/upload")) {
            String count = Long.toString(received);
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + count.length() + "\r\n\r\n" + count);
        } else if (path.startsWith("/download?chunked")) {
            wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            sendChunks();
        } else {
            int length = path.startsWith("/download") ? DOWNLOAD : SMALL;
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
            if (!head.line().startsWith("HEAD ")) {
                Pattern.write(wire.out(), 0, length);
            }
        }
        return true;
    }

    private void sendChunks() throws IOException {
        byte[] all = Pattern.bytes(DOWNLOAD);
        for (int at = 0; at < all.length; ) {
            int step = Math.min(all.length - at, 1 + at % 40_000);
            wire.send(Integer.toHexString(step) + "\r\n");
            wire.out().write(all, at, step);
            wire.send("\r\n");
            at += step;
        }
        wire.send("0\r\n\r\n");
    }

    // WebSocket (RFC 6455)

    private void upgrade(Wire.Head head) throws IOException, NoSuchAlgorithmException {
        String key = head.fields().get("sec-websocket-key") + WEBSOCKET;
        byte[] digest = MessageDigest.getInstance("SHA-1").digest(key.getBytes(StandardCharsets.ISO_8859_1));
        wire.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(digest) + "\r\n\r\n");
        wire.out().flush();
        DataInputStream in = new DataInputStream(wire.in());
        while (echo(in)) {
            wire.out().flush();
        }
        wire.out().flush();
    }

    /** Sends one frame back without its mask; returns whether another may come. */
    private boolean echo(DataInputStream in) throws IOException {
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte() & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = (int) Math.min(in.readLong(), MAX_FRAME + 1);
        }
        if (length > MAX_FRAME) {
            throw new IOException("a frame of more than " + MAX_FRAME + " bytes");
        }
        byte[] mask = in.readNBytes(4);
        byte[] payload = in.readNBytes(length);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i % 4];
        }
        wire.out().write(first);
        if (length < 126) {
            wire.out().write(length);
        } else if (length <= 0xffff) {
            wire.out().write(new byte[] {126, (byte) (length >> 8), (byte) length});
        } else {
            wire.out()
                    .write(new byte[] {127, 0, 0, 0, 0, 0, (byte) (length >> 16), (byte) (length >> 8), (byte) length});
        }
        wire.out().write(payload);
        return (first & 0xf) != 8;
    }
}
