package dev.adit.jetty;

import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.Relay;
import dev.adit.exchange.Reply;
import dev.adit.exchange.ResponseHead;
import dev.adit.wire.Framing;
import dev.adit.wire.Refusal;
import dev.adit.wire.RequestReader;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.jspecify.annotations.Nullable;

/**
 * Writes the answers of one client's connection, framed so that this client can tell where each one ends.
 *
 * <pre>
 *   begin --&gt; interim answers, 100 --&gt; head prepared --write--&gt; head and body --&gt; begin
 *             each waits for the write before it; the head takes along what still waits
 * </pre>
 */
final class AnswerWriter {
    private static final byte[] CONTINUE = HeadWriter.ascii("HTTP/1.1 100 Continue\r\n\r\n");
    private static final byte[] CONNECTION_CLOSE = HeadWriter.ascii("Connection: close\r\n");
    private static final byte[] CONNECTION_KEEP_ALIVE = HeadWriter.ascii("Connection: keep-alive\r\n");

    private final EndPoint endPoint;
    private final Server server;
    private final RequestReader request;
    private final HeadWriter heads = new HeadWriter();
    private Framing framing = Framing.NONE;
    private boolean headRequest;
    private boolean persistent;
    private boolean endsWithConnection;

    // Guarded by this.
    private final List<ByteBuffer> early = new ArrayList<>(1);
    private boolean earlyUnderWay;
    private @Nullable Runnable held;
    private @Nullable ByteBuffer head;

    AnswerWriter(EndPoint endPoint, Server server, RequestReader request) {
        this.endPoint = endPoint;
        this.server = server;
        this.request = request;
    }

    /** The request's head was read: what it says about its connection holds for the answer (RFC 9112 section 9.3). */
    void begin() {
        persistent = isOld()
                ? request.fields().lists("connection", "keep-alive")
                : !request.fields().lists("connection", "close");
        headRequest = request.method().equals("HEAD");
        endsWithConnection = false;
        framing = Framing.NONE;
    }

    private boolean isOld() {
        return request.version() == HttpVersion.HTTP_1_0;
    }

    /** Whether the connection may serve another request after this answer. */
    boolean persistent() {
        return persistent;
    }

    /** The connection ends after this answer. */
    void lastOne() {
        persistent = false;
    }

    /** Whether nothing but the connection's end tells the client that it has the whole answer. */
    boolean endsWithConnection() {
        return endsWithConnection;
    }

    // Before the answer

    /** Asks for the body that the client holds back. */
    void proceed() {
        early(ByteBuffer.wrap(CONTINUE));
    }

    void interim(Relay relay) {
        if (!isOld()) {
            HeadWriter own = new HeadWriter();
            relay.writeHead(own);
            early(own.end());
        }
    }

    private void early(ByteBuffer bytes) {
        synchronized (this) {
            if (head != null) {
                // Too late: the answer is there.
                return;
            }
            early.add(bytes);
            if (earlyUnderWay) {
                return;
            }
            earlyUnderWay = true;
        }
        sendEarly();
    }

    private void sendEarly() {
        ByteBuffer[] bytes;
        synchronized (this) {
            bytes = early.toArray(ByteBuffer[]::new);
            early.clear();
        }
        endPoint.write(Callback.from(InvocationType.NON_BLOCKING, this::earlySent, cause -> earlySent()), bytes);
    }

    /** Should it have failed, so will what comes next. */
    private void earlySent() {
        Runnable next;
        boolean more;
        synchronized (this) {
            next = held;
            held = null;
            more = next == null && !early.isEmpty();
            earlyUnderWay = more;
        }
        if (next != null) {
            next.run();
        } else if (more) {
            sendEarly();
        }
    }

    // The answer

    /** Prepares to pass on an upstream's answer; see {@link ClientSide#relay}. */
    void relay(Relay relay, Framing upstream, ResponseHead from, boolean mayPersist) {
        framing = upstream;
        if (upstream.kind() == Framing.Kind.CHUNKED || upstream.kind() == Framing.Kind.CLOSE) {
            endsWithConnection = isOld();
            framing = endsWithConnection ? Framing.CLOSE : Framing.CHUNKED;
        }
        persistent &= !endsWithConnection && mayPersist;
        relay.writeHead(heads);
        heads.framing(
                framing, framing.kind() == Framing.Kind.CHUNKED ? from.headers().get("Trailer") : null);
        endHead();
    }

    /** Writes a piece of the answer's body, behind what is prepared. */
    void write(boolean last, ByteBuffer bytes, @Nullable HttpFields trailers, Callback callback) {
        synchronized (this) {
            if (earlyUnderWay) {
                held = () -> write(last, bytes, trailers, callback);
                return;
            }
        }
        List<ByteBuffer> out = new ArrayList<>(5);
        takeHead(out);
        ChunkWriter.add(out, framing, bytes, last, trailers);
        if (out.isEmpty()) {
            callback.succeeded();
        } else {
            endPoint.write(callback, out.toArray(ByteBuffer[]::new));
        }
    }

    private synchronized void takeHead(List<ByteBuffer> out) {
        if (head != null) {
            out.addAll(early);
            early.clear();
            out.add(head);
            head = null;
        }
    }

    /** Writes a whole answer. */
    void reply(Reply reply, boolean mayPersist, Callback callback) {
        persistent &= !reply.close() && mayPersist;
        byte[] bytes = reply.bytes();
        heads.start(reply.status());
        for (var field : reply.headers()) {
            heads.field(field.getKey(), field.getValue());
        }
        boolean bodiless = Framing.isBodiless(reply.status());
        framing = bodiless
                ? Framing.NONE
                : bytes.length == 0 ? Framing.EMPTY : new Framing(Framing.Kind.LENGTH, bytes.length);
        heads.framing(framing, null);
        endHead();
        boolean withBody = !bodiless && !headRequest;
        write(true, withBody ? ByteBuffer.wrap(bytes) : BufferUtil.EMPTY_BUFFER, null, callback);
    }

    /** Prepares the head of an answer that switches protocols. */
    void upgrade(Relay relay, Callback callback) {
        framing = Framing.NONE;
        relay.writeHead(heads);
        date();
        synchronized (this) {
            head = heads.end();
        }
        write(true, BufferUtil.EMPTY_BUFFER, null, callback);
    }

    /** Writes the answer to what is not a request. */
    void refuse(int status, Callback callback) {
        persistent = false;
        framing = Framing.NONE;
        synchronized (this) {
            head = ByteBuffer.wrap(Refusal.bytes(status, Instant.now()));
        }
        write(true, BufferUtil.EMPTY_BUFFER, null, callback);
    }

    private void endHead() {
        date();
        if (!persistent) {
            heads.raw(CONNECTION_CLOSE);
        } else if (isOld()) {
            heads.raw(CONNECTION_KEEP_ALIVE);
        }
        synchronized (this) {
            head = heads.end();
        }
    }

    private void date() {
        if (!heads.dated()) {
            heads.field("Date", Objects.requireNonNull(server.getDateField().getValue()));
        }
    }
}
