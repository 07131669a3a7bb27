package dev.adit.netty;

import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.Relay;
import dev.adit.exchange.Reply;
import dev.adit.wire.Fields;
import dev.adit.wire.Framing;
import dev.adit.wire.RequestReader;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/** Writes the answers of one client's connection, framed so that this client can tell where each one ends. */
final class AnswerWriter {
    private static final byte[] CONTINUE = HeadWriter.ascii("HTTP/1.1 100 Continue\r\n\r\n");

    private final ChannelHandlerContext ctx;
    private final Loop loop;
    private final RequestReader request;
    private final Outbox out;
    private boolean persistent;
    private boolean chunked;
    private boolean endsWithConnection;

    AnswerWriter(ChannelHandlerContext ctx, Loop loop, RequestReader request) {
        this.ctx = ctx;
        this.loop = loop;
        this.request = request;
        this.out = new Outbox(ctx, loop.allocator);
    }

    /** The request's head was read: what it says about its connection holds for the answer (RFC 9112 section 9.3). */
    void begin() {
        persistent = isOld()
                ? request.headers().lists("connection", "keep-alive")
                : !request.headers().lists("connection", "close");
        chunked = false;
        endsWithConnection = false;
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

    boolean writable() {
        return ctx.channel().isWritable();
    }

    /** Asks for the body that the client holds back. */
    void proceed() {
        out.room(CONTINUE.length).writeBytes(CONTINUE);
        out.flush();
    }

    void interim(Relay relay) {
        if (!isOld()) {
            relay.writeHead(loop.heads);
            loop.heads.end(out, null);
            out.flush();
        }
    }

    /** Starts to pass on an upstream's answer; see {@link ClientSide#relay}. */
    void relay(Relay relay, Framing framing, Fields source) {
        Framing outer = framing;
        if (framing.kind() == Framing.Kind.CHUNKED || framing.kind() == Framing.Kind.CLOSE) {
            endsWithConnection = isOld();
            outer = endsWithConnection ? Framing.CLOSE : Framing.CHUNKED;
        }
        chunked = outer.kind() == Framing.Kind.CHUNKED;
        persistent &= !endsWithConnection && !loop.draining();
        relay.writeHead(loop.heads);
        loop.heads.framing(outer, source);
        writeHead(null);
    }

    /** Writes the head of an answer that switches protocols. */
    void upgrade(Relay relay) {
        relay.writeHead(loop.heads);
        loop.heads.date();
        loop.heads.end(out, null);
        out.flush();
    }

    /** A piece of the answer's body. */
    void write(ByteBuf data) {
        if (chunked) {
            Chunks.write(out, data);
        } else {
            out.add(data);
        }
        if (!writable()) {
            flush();
        }
    }

    /** The end of the answer's body. */
    void end(@Nullable Fields trailers) {
        if (chunked) {
            Chunks.last(out, trailers);
        }
    }

    void flush() {
        out.flush();
    }

    /** The channel is gone. */
    void release() {
        out.clear();
    }

    /** Writes a whole answer. */
    void reply(Reply reply) {
        persistent &= !reply.close() && !loop.draining();
        byte[] bytes = reply.bytes();
        HeadWriter head = loop.heads;
        head.start(reply.status());
        for (var field : reply.headers()) {
            head.field(field.getKey(), field.getValue());
        }
        boolean bodiless = reply.status() == 204 || reply.status() == 304;
        if (!bodiless) {
            head.framing(bytes.length == 0 ? Framing.EMPTY : new Framing(Framing.Kind.LENGTH, bytes.length), null);
        }
        boolean withBody = !bodiless && !request.method().equals("HEAD");
        writeHead(withBody ? bytes : null);
    }

    /** Writes the answer to what is not a request. */
    void refuse(int status) {
        persistent = false;
        loop.heads.start(status);
        loop.heads.framing(Framing.EMPTY, null);
        writeHead(null);
        flush();
    }

    private void writeHead(byte @Nullable [] body) {
        HeadWriter head = loop.heads;
        head.date();
        if (!persistent) {
            head.raw(HeadWriter.CONNECTION_CLOSE);
        } else if (isOld()) {
            head.raw(HeadWriter.CONNECTION_KEEP_ALIVE);
        }
        head.end(out, body);
    }
}
