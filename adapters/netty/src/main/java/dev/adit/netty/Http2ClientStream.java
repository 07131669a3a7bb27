package dev.adit.netty;

import dev.adit.exchange.ClientConnection;
import dev.adit.exchange.Outcome;
import dev.adit.exchange.Relay;
import dev.adit.exchange.Reply;
import dev.adit.wire.BadMessageException;
import dev.adit.wire.Fields;
import dev.adit.wire.FrameBudget;
import dev.adit.wire.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * One request of an HTTP/2 client, and its answer. Both sides of the stream go their own way:
 *
 * <pre>
 *   request  head ──▶ data, kept until an upstream takes it ──▶ trailers or end ──▶ read
 *                     the client's window opens by as much as the upstream took
 *   answer   head ──▶ data, as far as the client's windows allow ──▶ trailers or end ──▶ left ──▶ done
 *                                                    a request not yet at its end: RST_STREAM(NO_ERROR)
 *   an extended CONNECT that is granted ──▶ an {@link Http2Tunnel}, or data both ways if the endpoint speaks HTTP/2
 *   the client's RST_STREAM, a broken rule, the connection's end ──▶ exchange cancelled
 *   the upstream's end before that of the answer                 ──▶ RST_STREAM(INTERNAL_ERROR)
 * </pre>
 */
final class Http2ClientStream extends Http2StreamHandler implements ClientSide {
    /** A piece of more bytes leaves in a frame of its own. */
    private static final int HELD = 4096;

    private final ClientConnection connection;

    private Fields fields = new Fields(0, 0);
    private @Nullable Fields trailers;
    private @Nullable ExchangeDriver driver;
    private @Nullable Http2Tunnel tunnel;
    private boolean headRequest;
    /** It is an extended CONNECT: what follows the head is no body, but for whoever speaks the protocol asked for. */
    private boolean connect;

    private boolean expectsContinue;
    /** The client has sent its last frame. */
    private boolean ended;
    /** All of the request was handed over. */
    private boolean read;

    /** A small piece of the answer that waits a moment for what follows it, often the end: both leave in one frame. */
    private @Nullable ByteBuf held;

    private boolean pumping;
    private long deadline = LoopMember.NEVER;

    Http2ClientStream(Http2Streams streams, ClientConnection connection) {
        super(streams);
        this.connection = connection;
    }

    // Receiving

    void head(Http2Headers headers, boolean end) throws Http2Exception {
        ended = end;
        read = end;
        try {
            Http2Request request = Http2HeadReader.request(headers, loop.limits);
            connect = request.protocol() != null;
            read |= connect;
            Framing framing = connect ? Framing.NONE : Framing.ofStream(request.fields(), request.method(), end);
            fields = request.fields();
            headRequest = request.method().equals("HEAD");
            expectsContinue = !read && fields.lists("expect", "100-continue");
            touch();
            ExchangeDriver opened = new ExchangeDriver(this, loop, connection, request, framing);
            driver = opened;
            opened.start();
        } catch (BadMessageException e) {
            if (e.status() == 400) {
                throw malformed(e);
            }
            refuse(e.status());
        }
    }

    void trailers(Http2Headers headers) throws Http2Exception {
        if (connect) {
            // RFC 9113 section 8.5.
            throw Http2Exception.streamError(id(), Http2Error.PROTOCOL_ERROR, "HEADERS in the middle of a tunnel");
        }
        try {
            trailers = Http2HeadReader.trailers(headers, loop.limits);
        } catch (BadMessageException e) {
            throw malformed(e);
        }
        ended = true;
        pump();
    }

    private Http2Exception malformed(BadMessageException cause) {
        return Http2Exception.streamError(id(), Http2Error.PROTOCOL_ERROR, "%s", cause.getMessage());
    }

    /** Takes a piece of the body; returns how much of it the client may send again at once. */
    int data(ByteBuf data, boolean end) {
        ended = end;
        int size = data.readableBytes();
        touch();
        if (driver == null && tunnel == null) {
            return size;
        }
        keep(data);
        pump();
        return 0;
    }

    /** Whether the client has sent its last frame. */
    boolean hasRequestEnded() {
        return ended;
    }

    /** Hands over what an upstream can take. */
    private void pump() {
        if (tunnel != null) {
            tunnel.pump();
            return;
        }
        if (pumping || read) {
            return;
        }
        pumping = true;
        try {
            while (driver != null && driver.takesBody() && hasKept()) {
                driver.data(take());
            }
            if (driver != null && driver.refusesBody()) {
                return;
            }
            if (ended && !hasKept() && driver != null && driver.takesBody()) {
                read = true;
                driver.requestEnd(trailers);
            }
        } finally {
            pumping = false;
        }
    }

    @Override
    void readComplete() {
        if (tunnel != null) {
            tunnel.flush();
        } else if (driver != null) {
            driver.requestFlush();
        }
    }

    @Override
    public Fields requestFields() {
        return fields;
    }

    @Override
    public boolean requestRead() {
        return read;
    }

    @Override
    public void bodyWanted() {
        if (expectsContinue && !ended && !hasKept()) {
            loop.http2Heads.start(100);
            writeHead(loop.http2Heads.end(), false);
            streams.flush();
        }
        expectsContinue = false;
        pump();
    }

    @Override
    public void resumeBody() {
        pump();
    }

    @Override
    public void bodyGoesOn() {
        read = false;
        pump();
    }

    /** The client learns of it when it has the answer. */
    @Override
    public void bodyUnwanted() {}

    // Answering

    private void writeHead(Http2Headers head, boolean end) {
        writeHead(id(), head, end);
    }

    @Override
    public void interim(Relay relay) {
        relay.writeHead(loop.http2Heads);
        writeHead(loop.http2Heads.end(), false);
        streams.flush();
    }

    @Override
    public void relay(Relay relay, Framing framing, Fields source) {
        Http2HeadWriter head = loop.http2Heads;
        relay.writeHead(head);
        head.framing(framing, source);
        head.date();
        touch();
        writeHead(head.end(), framing.isBodiless());
    }

    @Override
    public boolean writable() {
        return isWritable();
    }

    @Override
    public void write(ByteBuf data) {
        touch();
        writeHeld(false);
        held = data;
        if (data.readableBytes() > HELD) {
            writeHeld(false);
        }
        if (!writable()) {
            streams.flush();
        }
    }

    private void writeHeld(boolean end) {
        ByteBuf data = held;
        held = null;
        if (data != null || end) {
            writeData(data == null ? Unpooled.EMPTY_BUFFER : data, end);
        }
    }

    private void dropHeld() {
        if (held != null) {
            held.release();
            held = null;
        }
    }

    @Override
    public void end(@Nullable Fields trailers) {
        if (!hasEnded()) {
            Http2Headers passed = trailers == null ? null : Http2HeadWriter.trailers(trailers);
            if (passed == null || passed.isEmpty()) {
                writeHeld(true);
            } else {
                writeHeld(false);
                writeHead(passed, true);
            }
        }
        awaitLast();
    }

    @Override
    public void flush() {
        writeHeld(false);
        streams.flush();
    }

    @Override
    public void reply(Reply reply) {
        byte[] bytes = reply.bytes();
        Http2HeadWriter head = loop.http2Heads;
        head.start(reply.status());
        for (var field : reply.headers()) {
            head.field(field.getKey(), field.getValue());
        }
        boolean bodiless = reply.status() == 204 || reply.status() == 304;
        if (!bodiless) {
            head.framing(new Framing(Framing.Kind.LENGTH, bytes.length), null);
        }
        head.date();
        boolean withBody = !bodiless && !headRequest && bytes.length > 0;
        writeHead(head.end(), !withBody);
        if (withBody) {
            writeData(Unpooled.wrappedBuffer(bytes), true);
        }
        awaitLast();
    }

    /** Answers what is too large to become an exchange. */
    private void refuse(int status) {
        loop.http2Heads.start(status);
        loop.http2Heads.date();
        writeHead(loop.http2Heads.end(), true);
        awaitLast();
    }

    private void awaitLast() {
        streams.flush();
        last().addListener(left -> left(left.isSuccess()));
    }

    /** The answer has left, or never will. */
    private void left(boolean whole) {
        ExchangeDriver driver = this.driver;
        this.driver = null;
        if (driver != null) {
            driver.cancel(whole ? Outcome.COMPLETED : Outcome.CLIENT_ABORTED);
        }
        streams.budget.earn(FrameBudget.STREAM_ANSWERED);
        discard();
        if (whole && !ended) {
            reset(Http2Error.NO_ERROR);
        }
    }

    // Ending

    @Override
    public void abort() {
        driver = null;
        discard();
        dropHeld();
        reset(Http2Error.INTERNAL_ERROR);
    }

    /** What the client sends goes nowhere any more: says so when the last of the answer has left. */
    void resetAfterLast() {
        last().addListener(left -> {
            if (isOpen()) {
                reset(Http2Error.NO_ERROR);
            }
        });
    }

    @Override
    public void upgrade(Relay relay, Channel upstream, ByteBuf fromUpstream, ExchangeDriver driver) {
        Http2HeadWriter head = loop.http2Heads;
        relay.writeHead(head);
        head.date();
        writeHead(head.end(), false);
        this.driver = null;
        tunnel = Http2Tunnel.join(this, upstream, fromUpstream, driver);
        streams.flush();
    }

    @Override
    void cancel() {
        if (tunnel != null) {
            tunnel.closeNow();
        }
        ExchangeDriver driver = this.driver;
        this.driver = null;
        if (driver != null) {
            driver.cancel(Outcome.CANCELLED);
        }
    }

    /** If the stream ended as it should, nothing is left to do. */
    @Override
    void closed() {
        if (tunnel != null) {
            tunnel.streamClosed();
            return;
        }
        if (driver != null && !hasEnded()) {
            streams.budget.spend(FrameBudget.STREAM_WASTED);
            ExchangeDriver driver = this.driver;
            this.driver = null;
            driver.cancel(Outcome.CLIENT_ABORTED);
        }
        discard();
        dropHeld();
    }

    @Override
    void writableAgain() {
        if (tunnel != null) {
            tunnel.clientWritable();
        } else if (driver != null) {
            driver.clientWritable();
        }
    }

    // Watching

    private void touch() {
        deadline = loop.after(connect ? loop.limits.tunnelIdle() : loop.limits.bodyRead());
    }

    @Override
    void tick(long now) {
        ExchangeDriver driver = this.driver;
        if (driver == null) {
            return;
        }
        if (sending.stalled(now, loop.limits.send().toNanos())) {
            this.driver = null;
            driver.cancel(Outcome.CLIENT_ABORTED);
            reset(Http2Error.CANCEL);
        } else if (read || ended || !driver.takesBody()) {
            // It is not the client that is slow.
            touch();
        } else if (now > deadline) {
            late(driver);
        }
    }

    private void late(ExchangeDriver driver) {
        this.driver = null;
        driver.cancel(Outcome.CLIENT_ABORTED);
        if (driver.responding()) {
            reset(Http2Error.CANCEL);
        } else {
            refuse(408);
        }
    }
}
