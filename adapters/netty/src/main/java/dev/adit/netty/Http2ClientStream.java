package dev.adit.netty;

import dev.adit.exchange.Outcome;
import dev.adit.exchange.Relay;
import dev.adit.exchange.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request of an HTTP/2 client, and its answer. Both sides of the stream go their own way:
 *
 * <pre>
 *   request  head ──▶ data, kept in {@link #queue} until an upstream takes it ──▶ trailers or end ──▶ read
 *                     the client's window opens by as much as the upstream took
 *   answer   head ──▶ data, as far as the client's windows allow ──▶ trailers or end ──▶ left ──▶ done
 *                                                    a request not yet at its end: RST_STREAM(NO_ERROR)
 *   the client's RST_STREAM, a broken rule, the connection's end ──▶ exchange cancelled
 *   the upstream's end before that of the answer                 ──▶ RST_STREAM(INTERNAL_ERROR)
 * </pre>
 */
final class Http2ClientStream implements ClientSide, ChannelFutureListener {
    private static final int UNCOUNTED = -1;

    private final Http2ClientHandler connection;
    private final Loop loop;
    private final Http2Stream stream;
    private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>(2);
    private final SendWatch sending = new SendWatch();

    private Fields fields = new Fields(0, 0);
    private @Nullable Fields trailers;
    private @Nullable ExchangeDriver driver;
    private boolean headRequest;
    private boolean expectsContinue;
    /** The client has sent its last frame. */
    private boolean ended;
    /** All of the request was handed over. */
    private boolean read;

    private boolean pumping;
    /** Bytes of the answer's body that are still to come, or UNCOUNTED. */
    private long remaining = UNCOUNTED;
    /** The last frame of the answer is written, if not sent. */
    private boolean answered;

    private @Nullable ChannelFuture last;
    private long deadline = LoopMember.NEVER;

    Http2ClientStream(Http2ClientHandler connection, Http2Stream stream) {
        this.connection = connection;
        this.loop = connection.loop;
        this.stream = stream;
    }

    private ChannelHandlerContext ctx() {
        return connection.ctx();
    }

    private Http2ConnectionEncoder encoder() {
        return connection.codec().encoder();
    }

    // Receiving

    void head(Http2Headers headers, boolean end) throws Http2Exception {
        ended = end;
        read = end;
        try {
            Http2Request request = Http2HeadReader.request(headers, loop.limits);
            Framing framing = Framing.ofStream(request.fields(), request.method(), end);
            fields = request.fields();
            headRequest = request.method().equals("HEAD");
            expectsContinue = !end && fields.lists("expect", "100-continue");
            touch();
            ExchangeDriver opened = new ExchangeDriver(this, loop, connection.connection(), request, framing);
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
        try {
            trailers = Http2HeadReader.trailers(headers, loop.limits);
        } catch (BadMessageException e) {
            throw malformed(e);
        }
        ended = true;
        pump();
    }

    private Http2Exception malformed(BadMessageException cause) {
        return Http2Exception.streamError(stream.id(), Http2Error.PROTOCOL_ERROR, "%s", cause.getMessage());
    }

    /** Takes a piece of the body; returns how much of it the client may send again at once. */
    int data(ByteBuf data, boolean end) {
        ended = end;
        int size = data.readableBytes();
        touch();
        if (driver == null) {
            return size;
        }
        if (size > 0) {
            queue.add(data.retain());
        }
        pump();
        return 0;
    }

    /** Hands over what an upstream can take. */
    private void pump() {
        if (pumping || read) {
            return;
        }
        pumping = true;
        try {
            while (driver != null && driver.takesBody() && !queue.isEmpty()) {
                ByteBuf data = queue.remove();
                int size = data.readableBytes();
                driver.data(data);
                consumed(size);
            }
            if (ended && queue.isEmpty() && driver != null && driver.takesBody()) {
                read = true;
                driver.requestEnd(trailers);
            }
        } finally {
            pumping = false;
        }
    }

    private void consumed(int size) {
        try {
            if (connection.codec().decoder().flowController().consumeBytes(stream, size)) {
                connection.flush();
            }
        } catch (Http2Exception e) {
            connection.codec().onError(ctx(), true, e);
        }
    }

    /** For now, nothing more will be read from the client. */
    void readComplete() {
        if (driver != null) {
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
        if (expectsContinue && !ended && queue.isEmpty()) {
            loop.http2Heads.start(100);
            writeHead(loop.http2Heads.end(), false);
            connection.flush();
        }
        expectsContinue = false;
        pump();
    }

    @Override
    public void resumeBody() {
        pump();
    }

    /** The client learns of it when it has the answer. */
    @Override
    public void bodyUnwanted() {}

    // Answering

    private void writeHead(Http2Headers head, boolean end) {
        answered |= end;
        track(encoder().writeHeaders(ctx(), stream.id(), head, 0, end, ctx().newPromise()));
    }

    private void writeData(ByteBuf data, boolean end) {
        answered |= end;
        connection.budget().earn(FrameBudget.DATA_SENT);
        track(encoder().writeData(ctx(), stream.id(), data, 0, end, ctx().newPromise()));
    }

    private void track(ChannelFuture written) {
        last = written;
        sending.begun();
        written.addListener(this);
    }

    /** Something that was written has left. */
    @Override
    public void operationComplete(ChannelFuture written) {
        sending.done();
    }

    @Override
    public void interim(Relay relay) {
        relay.writeHead(loop.http2Heads);
        writeHead(loop.http2Heads.end(), false);
        connection.flush();
    }

    @Override
    public void relay(Relay relay, Framing framing, Fields source) {
        Http2HeadWriter head = loop.http2Heads;
        relay.writeHead(head);
        head.framing(framing, source);
        head.date();
        touch();
        boolean counted = framing.kind() == Framing.Kind.LENGTH;
        remaining = counted ? framing.length() : UNCOUNTED;
        writeHead(head.end(), framing.kind() == Framing.Kind.NONE || counted && remaining == 0);
    }

    @Override
    public boolean writable() {
        return encoder().flowController().isWritable(stream);
    }

    @Override
    public void write(ByteBuf data) {
        if (remaining != UNCOUNTED) {
            remaining -= data.readableBytes();
        }
        touch();
        writeData(data, remaining == 0);
        if (!writable()) {
            connection.flush();
        }
    }

    @Override
    public void end(@Nullable Fields trailers) {
        if (!answered) {
            Http2Headers passed = trailers == null ? null : Http2HeadWriter.trailers(trailers);
            if (passed == null || passed.isEmpty()) {
                writeData(Unpooled.EMPTY_BUFFER, true);
            } else {
                writeHead(passed, true);
            }
        }
        awaitLast();
    }

    @Override
    public void flush() {
        connection.flush();
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
        connection.flush();
        Objects.requireNonNull(last).addListener(left -> left(left.isSuccess()));
    }

    /** The answer has left, or never will. */
    private void left(boolean whole) {
        ExchangeDriver driver = this.driver;
        this.driver = null;
        if (driver != null) {
            driver.cancel(whole ? Outcome.COMPLETED : Outcome.CLIENT_ABORTED);
        }
        connection.budget().earn(FrameBudget.STREAM_ANSWERED);
        discard();
        if (whole && !ended) {
            reset(Http2Error.NO_ERROR);
        }
    }

    // Ending

    private void reset(Http2Error code) {
        connection.codec().resetStream(ctx(), stream.id(), code.code(), ctx().newPromise());
        connection.flush();
    }

    /** Gives back what the client sent and nobody took. */
    private void discard() {
        for (ByteBuf data = queue.poll(); data != null; data = queue.poll()) {
            consumed(data.readableBytes());
            data.release();
        }
    }

    @Override
    public void abort() {
        driver = null;
        discard();
        reset(Http2Error.INTERNAL_ERROR);
    }

    /** An HTTP/2 request cannot ask for an upgrade, so that no upstream may grant it one. */
    @Override
    public void upgrade(Relay relay, Channel upstream, ByteBuf fromUpstream, ExchangeDriver driver) {
        upstream.close();
        driver.cancel(Outcome.UPSTREAM_ABORTED);
        abort();
    }

    /** The gateway ends. */
    void cancel() {
        ExchangeDriver driver = this.driver;
        this.driver = null;
        if (driver != null) {
            driver.cancel(Outcome.CANCELLED);
        }
    }

    /** The stream is no more; if it ended as it should, nothing is left to do. */
    void closed() {
        if (driver != null && !answered) {
            connection.budget().spend(FrameBudget.STREAM_WASTED);
            ExchangeDriver driver = this.driver;
            this.driver = null;
            driver.cancel(Outcome.CLIENT_ABORTED);
        }
        queue.forEach(ByteBuf::release);
        queue.clear();
    }

    void writabilityChanged() {
        if (driver != null && writable()) {
            driver.clientWritable();
        }
    }

    // Watching

    private void touch() {
        deadline = loop.after(loop.limits.bodyRead());
    }

    void tick(long now) {
        ExchangeDriver driver = this.driver;
        if (driver == null) {
            return;
        }
        if (sending.stalled(now, loop.limits.send().toNanos())) {
            this.driver = null;
            driver.cancel(Outcome.CLIENT_ABORTED);
            reset(Http2Error.CANCEL);
        } else if (ended || !driver.takesBody()) {
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
