package dev.adit.netty;

import dev.adit.balancer.Endpoint;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.exchange.UpstreamRequest;
import dev.adit.policy.Timeouts;
import dev.adit.route.Protocol;
import dev.adit.wire.BadMessageException;
import dev.adit.wire.BodyReader;
import dev.adit.wire.Fields;
import dev.adit.wire.Framing;
import dev.adit.wire.ResponseReader;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection to an endpoint: serves one request after another, and is given up at the first thing that is
 * not as it should be.
 *
 * <pre>
 *  CONNECTING
 *    │     begin               head 2xx-5xx              body ends
 *   IDLE ─────────▶ HEAD ──────────────────────▶ BODY ──────────────▶ IDLE, back in the pool
 *    │              │ ▲ └─ 1xx: passed on ─┘       │
 *    │ any byte,    │ bad head, end, timeout       │ end, bad chunk, timeout; or the request was not sent whole
 *    ▼ end          ▼                              ▼
 *   closed ◀──── closed: upstreamFailed ◀──────  closed: the answer is torn
 * </pre>
 */
final class UpstreamConnection extends UpstreamHandler implements UpstreamSide, Readers.Sink {
    private enum State {
        CONNECTING,
        IDLE,
        HEAD,
        BODY,
        CLOSED
    }

    private static final int MAX_INTERIM = 32;

    final Endpoint endpoint;
    final Protocol protocol;
    private final ResponseReader reader;
    private final BodyReader body;

    private @Nullable ChannelHandlerContext ctx;
    private @Nullable Outbox out;
    private @Nullable Requester owner;
    private State state = State.CONNECTING;
    private Timeouts timeouts = Timeouts.DEFAULT;
    private boolean headRequest;
    private boolean chunked;
    private boolean persistent;
    private boolean last;
    private boolean paused;
    private int interim;
    private long served;
    private long deadline;
    private boolean broken;
    private String trouble = "the connection was closed";

    UpstreamConnection(Loop loop, Endpoint endpoint, Protocol protocol) {
        super(loop);
        this.endpoint = endpoint;
        this.protocol = protocol;
        this.reader = new ResponseReader(loop.messageLimits);
        this.body = new BodyReader(loop.messageLimits);
    }

    private ChannelHandlerContext ctx() {
        return Objects.requireNonNull(ctx);
    }

    private Outbox out() {
        return Objects.requireNonNull(out);
    }

    Channel channel() {
        return ctx().channel();
    }

    boolean isOpen() {
        return state == State.IDLE && channel().isActive();
    }

    /** Whether it has served another request before this one. */
    boolean reused() {
        return served > 1;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
        out = new Outbox(ctx, loop.allocator);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        out().clear();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        loop.add(this);
        ctx.fireChannelActive();
    }

    @Override
    UpstreamSide ready() {
        state = State.IDLE;
        deadline = loop.after(loop.limits.upstreamIdle());
        return this;
    }

    // Sending

    @Override
    public void begin(Requester owner, UpstreamRequest request, Framing framing, @Nullable Fields source) {
        HeadWriter head = loop.heads;
        request.writeHead(head);
        head.framing(framing, source);
        this.owner = owner;
        headRequest = owner.headRequest();
        chunked = framing.kind() == Framing.Kind.CHUNKED;
        timeouts = request.timeouts();
        last = request.closes();
        state = State.HEAD;
        interim = 0;
        served++;
        reader.reset();
        head.end(out(), null);
        deadline = loop.after(timeouts.read());
    }

    @Override
    public void write(ByteBuf data) {
        if (chunked) {
            Chunks.write(out(), data);
        } else {
            out().add(data);
        }
        deadline = loop.after(timeouts.read());
        if (!writable()) {
            flush();
        }
    }

    @Override
    public void end(@Nullable Fields trailers) {
        if (chunked) {
            Chunks.last(out(), trailers);
            deadline = loop.after(timeouts.read());
        }
    }

    @Override
    public void flush() {
        out().flush();
    }

    @Override
    public boolean writable() {
        return channel().isWritable();
    }

    // Receiving

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ByteBuf in = (ByteBuf) msg;
        try {
            if (owner == null) {
                // Bytes that nobody asked for could be taken for the answer to the next request.
                giveUp();
                return;
            }
            deadline = loop.after(timeouts.read());
            read(in);
        } catch (BadMessageException e) {
            failed(UpstreamFailure.Kind.BAD_RESPONSE, Objects.toString(e.getMessage(), ""));
        } finally {
            in.release();
        }
    }

    private void read(ByteBuf in) throws BadMessageException {
        while (owner != null && in.isReadable()) {
            if (state == State.HEAD) {
                if (!Readers.read(reader, in)) {
                    return;
                }
                head(owner, in);
            } else {
                Readers.read(body, in, this);
            }
            if (state == State.BODY && body.finished()) {
                finished(!in.isReadable());
            }
        }
    }

    private void head(Requester owner, ByteBuf in) throws BadMessageException {
        int status = reader.status();
        Framing framing = Framing.ofResponse(reader, reader.version(), headRequest);
        if (status < 200 && status != 101) {
            if (++interim > MAX_INTERIM) {
                throw new BadMessageException(400, "too many interim answers");
            }
            owner.interim(reader);
            reader.reset();
            return;
        }
        persistent = !last && framing.kind() != Framing.Kind.CLOSE && reader.isPersistent();
        body.start(framing);
        state = State.BODY;
        owner.head(reader, reader.headers(), framing, in);
    }

    @Override
    public void data(ByteBuf data) {
        if (owner == null) {
            data.release();
        } else {
            owner.responseData(data);
        }
    }

    private void finished(boolean clean) {
        Requester owner = this.owner;
        this.owner = null;
        if (owner == null) {
            return;
        }
        state = State.IDLE;
        boolean reusable = persistent && clean && owner.requestSent() && !loop.draining();
        Fields trailers = body.trailers();
        resume();
        if (!reusable || !loop.pool.put(this)) {
            giveUp();
        } else {
            deadline = loop.after(loop.limits.upstreamIdle());
        }
        owner.responseEnd(trailers);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (owner != null) {
            owner.responseFlush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (owner != null && ctx.channel().isWritable()) {
            owner.upstreamWritable();
        }
    }

    @Override
    public void pause() {
        if (!paused) {
            paused = true;
            channel().config().setAutoRead(false);
        }
    }

    @Override
    public void resume() {
        if (paused) {
            paused = false;
            deadline = loop.after(timeouts.read());
            if (channel().isActive()) {
                channel().config().setAutoRead(true);
            }
        }
    }

    // Ending

    @Override
    public Channel detach() {
        owner = null;
        state = State.CLOSED;
        loop.remove(this);
        Channel channel = channel();
        channel.pipeline().remove(this);
        return channel;
    }

    @Override
    public void spare() {
        if (!loop.pool.put(this)) {
            giveUp();
        }
    }

    @Override
    public void giveUp() {
        if (state == State.IDLE) {
            loop.pool.remove(this);
        }
        owner = null;
        state = State.CLOSED;
        ctx().close();
    }

    /** That it is unused was seen before it was reclaimed. */
    @Override
    void reclaimed() {
        if (state == State.IDLE) {
            giveUp();
        }
    }

    private void failed(UpstreamFailure.Kind kind, String detail) {
        Requester owner = this.owner;
        giveUp();
        if (owner != null) {
            owner.upstreamFailed(kind, true, reused(), detail);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.remove(this);
        if (!broken && state == State.BODY && body.endsWithConnection() && !body.finished()) {
            persistent = false;
            finished(true);
        } else {
            failed(UpstreamFailure.Kind.CLOSED, trouble);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        broken = true;
        trouble = Objects.toString(cause.getMessage(), cause.toString());
        if (!(cause instanceof java.io.IOException)) {
            failed(UpstreamFailure.Kind.CLOSED, trouble);
        }
    }

    // Watching

    @Override
    void tick(long now) {
        if (state == State.IDLE) {
            if (now > deadline) {
                giveUp();
            }
            return;
        }
        Requester owner = this.owner;
        if (owner == null) {
            return;
        }
        long pending = channel().unsafe().outboundBuffer() == null
                ? 0
                : channel().unsafe().outboundBuffer().totalPendingWriteBytes();
        if (sendStalled(pending, now, timeouts.send().toNanos())) {
            failed(UpstreamFailure.Kind.TIMEOUT, "the request could not be sent in time");
        } else if (paused || !owner.requestSent()) {
            deadline = loop.after(timeouts.read());
        } else if (now > deadline) {
            failed(UpstreamFailure.Kind.TIMEOUT, "no answer in time");
        }
    }

    @Override
    void drain() {
        if (state == State.IDLE) {
            giveUp();
        }
    }

    @Override
    void closeNow() {
        ctx().close();
    }
}
