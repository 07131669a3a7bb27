package dev.adit.netty;

import dev.adit.exchange.ClientConnection;
import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.Outcome;
import dev.adit.exchange.Relay;
import dev.adit.exchange.Reply;
import dev.adit.wire.BadMessageException;
import dev.adit.wire.BodyReader;
import dev.adit.wire.Fields;
import dev.adit.wire.Framing;
import dev.adit.wire.RequestReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection of a client. Requests are answered one after another: while one is under way, what follows it
 * waits, first in {@link #queue}, then in the kernel.
 *
 * <pre>
 *            head complete                 body read             answer written, connection persists
 *   HEAD ──────────────────────▶ BODY ─────────────────▶ ANSWER ────────────────────────────────────▶ HEAD
 *    │  │ idle, slow: closed       │ └ the same, but the body is on its way ──▶ REST ── body read ─────▶
 *    │  └──────▶ closed            ▼ bad chunk, slow          ▼ it is unwanted; nothing left to read: closed
 *    └── refused: 4xx, 505 ──▶ LINGER ◀───────────────────────┘        101 ──▶ the channel goes to a Tunnel
 *                                 │ the client closes, or had its time
 *                                 ▼
 *                               CLOSED
 * </pre>
 *
 * LINGER throws away what the client still sends: closing at once would reset the connection, and the client might never
 * see the answer (RFC 9112 section 9.6).
 */
final class ClientHandler extends LoopMember implements ClientSide {
    private enum State {
        HEAD,
        BODY,
        ANSWER,
        REST,
        LINGER,
        CLOSED
    }

    private final RequestReader reader;
    private final BodyReader body;
    private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>(2);

    private @Nullable ChannelHandlerContext ctx;
    private @Nullable AnswerWriter answer;
    private @Nullable ClientConnection connection;
    private @Nullable ExchangeDriver driver;
    private State state = State.HEAD;
    private boolean processing;
    /** More may be read in a moment: flushing can wait until {@link #channelReadComplete}. */
    private boolean inRead;

    private boolean reading = true;
    private boolean secure;
    private boolean expectsContinue;
    private long deadline;

    /** @param deadline until when the first request's head must have been read */
    ClientHandler(Loop loop, long deadline) {
        super(loop);
        this.deadline = deadline;
        reader = new RequestReader(loop.messageLimits);
        body = new BodyReader(loop.messageLimits);
    }

    private ChannelHandlerContext ctx() {
        return Objects.requireNonNull(ctx);
    }

    // Receiving

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
        answer = new AnswerWriter(ctx, loop, reader);
        secure = ctx.pipeline().get(SslHandler.class) != null;
        loop.add(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        inRead = true;
        queue.add((ByteBuf) msg);
        process();
    }

    /** Does what can be done with the bytes that wait. Calls from within are left to the one that is at it. */
    private void process() {
        if (processing) {
            return;
        }
        processing = true;
        try {
            boolean progress = true;
            while (progress && !queue.isEmpty()) {
                ByteBuf in = queue.getFirst();
                progress = read(in);
                if (!in.isReadable()) {
                    queue.removeFirst();
                    in.release();
                    progress = true;
                }
            }
        } catch (BadMessageException e) {
            processing = false;
            refuse(e.status());
            process();
        } finally {
            processing = false;
        }
        if (!inRead && driver != null) {
            driver.requestFlush();
        }
        boolean wanted = queue.isEmpty();
        if (wanted != reading && ctx().channel().isActive()) {
            reading = wanted;
            ctx().channel().config().setAutoRead(wanted);
        }
    }

    private boolean read(ByteBuf in) throws BadMessageException {
        return switch (state) {
            case HEAD -> readHead(in);
            case BODY -> readBody(in);
            case ANSWER -> false;
            case REST -> readRest(in);
            case LINGER, CLOSED -> {
                in.skipBytes(in.readableBytes());
                yield true;
            }
        };
    }

    private boolean readHead(ByteBuf in) throws BadMessageException {
        if (reader.isEmpty() && connection != null) {
            deadline = loop.after(loop.limits.headerRead());
        }
        if (!Readers.read(reader, in)) {
            return false;
        }
        Framing framing = Framing.ofRequest(reader);
        body.start(framing);
        state = body.finished() ? State.ANSWER : State.BODY;
        deadline = body.finished() ? NEVER : loop.after(loop.limits.bodyRead());
        answer().begin();
        expectsContinue = state == State.BODY
                && reader.version() == HttpVersion.HTTP_1_1
                && reader.headers().lists("expect", "100-continue");
        driver = new ExchangeDriver(this, loop, connection(), reader, framing);
        driver.start();
        return true;
    }

    private ClientConnection connection() {
        if (connection == null) {
            connection = Clients.describe(loop.gateway, ctx().channel());
        }
        return Objects.requireNonNull(connection);
    }

    private boolean readBody(ByteBuf in) throws BadMessageException {
        ExchangeDriver driver = Objects.requireNonNull(this.driver);
        if (!driver.takesBody()) {
            return false;
        }
        deadline = loop.after(loop.limits.bodyRead());
        boolean ended = Readers.read(body, in, driver);
        if (driver.refusesBody()) {
            return true;
        }
        if (ended) {
            state = State.ANSWER;
            deadline = NEVER;
            driver.requestEnd(body.trailers());
        }
        return true;
    }

    /** What is left of a request that was answered as a whole before; the next one follows it. */
    private boolean readRest(ByteBuf in) throws BadMessageException {
        if (Readers.read(body, in, ByteBuf::release)) {
            nextRequest();
        }
        return true;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        inRead = false;
        if (driver != null) {
            driver.requestFlush();
        }
    }

    @Override
    public Fields requestFields() {
        return reader.headers();
    }

    @Override
    public boolean requestRead() {
        return state == State.ANSWER;
    }

    @Override
    public void bodyWanted() {
        if (expectsContinue && state == State.BODY) {
            expectsContinue = false;
            if (queue.isEmpty() || !queue.getFirst().isReadable()) {
                answer().proceed();
            }
        }
        resumeBody();
    }

    @Override
    public void resumeBody() {
        if (state == State.BODY) {
            process();
        }
    }

    /** Cannot happen: what a connection asks for is granted with a channel. */
    @Override
    public void bodyGoesOn() {
        throw new IllegalStateException("a connection has no request that goes on");
    }

    @Override
    public void bodyUnwanted() {
        answer().lastOne();
    }

    // Answering

    private AnswerWriter answer() {
        return Objects.requireNonNull(answer);
    }

    @Override
    public void interim(Relay relay) {
        answer().interim(relay);
    }

    @Override
    public void relay(Relay relay, Framing framing, Fields source) {
        answer().relay(relay, framing, source);
    }

    @Override
    public boolean writable() {
        return answer().writable();
    }

    @Override
    public void write(ByteBuf data) {
        answer().write(data);
    }

    @Override
    public void end(@Nullable Fields trailers) {
        answer().end(trailers);
        lastWritten();
    }

    @Override
    public void flush() {
        answer().flush();
    }

    @Override
    public void reply(Reply reply) {
        if (!skipBody()) {
            answer().lastOne();
        }
        answer().reply(reply);
        lastWritten();
    }

    /** Reads what is here of a body that nobody wants; returns whether that was all of it. */
    private boolean skipBody() {
        if (state == State.BODY && Readers.skip(body, queue)) {
            state = State.ANSWER;
        }
        return state == State.ANSWER;
    }

    /** Everything of the answer is written to the channel: go on when it has left. */
    private void lastWritten() {
        answer().flush();
        ChannelOutboundBuffer waiting = ctx().channel().unsafe().outboundBuffer();
        if (!secure && waiting != null && waiting.isEmpty()) {
            answered(true);
        } else {
            ctx().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFuture last) -> answered(last.isSuccess()));
        }
    }

    private void answered(boolean whole) {
        ExchangeDriver driver = this.driver;
        if (driver == null || state == State.CLOSED) {
            return;
        }
        this.driver = null;
        driver.cancel(whole ? Outcome.COMPLETED : Outcome.CLIENT_ABORTED);
        if (!whole) {
            close();
        } else if (!answer().persistent() || loop.draining()) {
            closeAfterAnswer();
        } else if (state == State.BODY) {
            state = State.REST;
            deadline = loop.after(loop.limits.linger());
            process();
        } else {
            nextRequest();
        }
    }

    private void nextRequest() {
        reader.reset();
        state = State.HEAD;
        deadline = loop.after(loop.limits.idle());
        process();
    }

    // Ending

    /** Answers a request that is not HTTP as we accept it. */
    private void refuse(int status) {
        ExchangeDriver driver = this.driver;
        this.driver = null;
        if (driver != null) {
            driver.cancel(Outcome.CLIENT_ABORTED);
        }
        if (state == State.REST || driver != null && driver.responding()) {
            close();
            return;
        }
        answer().refuse(status);
        state = State.BODY;
        closeAfterAnswer();
    }

    private void closeAfterAnswer() {
        if (state == State.ANSWER && (queue.isEmpty() || !queue.getFirst().isReadable())) {
            close();
            return;
        }
        state = State.LINGER;
        deadline = loop.after(loop.limits.linger());
        SslHandler ssl = ctx().pipeline().get(SslHandler.class);
        if (ssl != null) {
            ssl.closeOutbound();
        } else if (ctx().channel() instanceof DuplexChannel channel) {
            channel.shutdownOutput();
        }
        process();
    }

    @Override
    public void abort() {
        if (answer().endsWithConnection()) {
            // Only a reset says that this was not the end.
            resetOnClose();
        }
        state = State.CLOSED;
        driver = null;
        answer().flush();
        ctx().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(last -> ctx().close());
        process();
    }

    private void close() {
        state = State.CLOSED;
        ctx().close();
        process();
    }

    @Override
    public void upgrade(Relay relay, Channel upstream, ByteBuf fromUpstream, ExchangeDriver driver) {
        answer().upgrade(relay);
        state = State.CLOSED;
        this.driver = null;
        loop.remove(this);
        Channel channel = ctx().channel();
        Tunnel.join(loop, channel, upstream, ended -> driver.end(ended.outcome()));
        for (ByteBuf in : queue) {
            upstream.write(in.readRetainedSlice(in.readableBytes()));
        }
        if (fromUpstream.isReadable()) {
            ctx().write(fromUpstream.readRetainedSlice(fromUpstream.readableBytes()));
        }
        channel.flush();
        upstream.flush();
        channel.pipeline().remove(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.remove(this);
        state = State.CLOSED;
        ExchangeDriver driver = this.driver;
        this.driver = null;
        if (driver != null) {
            driver.cancel(Outcome.CLIENT_ABORTED);
        }
        process();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (driver != null && ctx.channel().isWritable()) {
            driver.clientWritable();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Clients.log(ctx.channel(), cause);
        close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        loop.remove(this);
        queue.forEach(ReferenceCountUtil::release);
        queue.clear();
        answer().release();
    }

    // Watching

    @Override
    void tick(long now) {
        ChannelOutboundBuffer waiting = ctx().channel().unsafe().outboundBuffer();
        long pending = waiting == null ? 0 : waiting.totalPendingWriteBytes();
        if (sendStalled(pending, now, loop.limits.send().toNanos())) {
            timedOut(Outcome.CLIENT_ABORTED);
        } else if (now > deadline) {
            late();
        } else if (state == State.BODY && driver != null && !driver.takesBody()) {
            // It is not the client that is slow.
            deadline = loop.after(loop.limits.bodyRead());
        }
    }

    private void late() {
        if (state == State.HEAD && !reader.isEmpty() || state == State.BODY) {
            deadline = NEVER;
            refuse(408);
        } else {
            close();
        }
    }

    private void timedOut(Outcome outcome) {
        ExchangeDriver driver = this.driver;
        this.driver = null;
        if (driver != null) {
            driver.cancel(outcome);
        }
        // Waiting bytes will not leave: do not wait for them.
        resetOnClose();
        close();
    }

    private void resetOnClose() {
        if (ctx().channel().isOpen()) {
            ctx().channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
    }

    @Override
    void drain() {
        answer().lastOne();
        if (state == State.HEAD && reader.isEmpty()) {
            close();
        }
    }

    @Override
    void closeNow() {
        timedOut(Outcome.CANCELLED);
    }
}
