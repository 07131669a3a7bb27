package dev.adit.jetty;

import dev.adit.exchange.ConsultAnswer;
import dev.adit.exchange.Headers;
import dev.adit.exchange.ResponseHead;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.exchange.UpstreamFailure.Kind;
import dev.adit.exchange.UpstreamRequest;
import dev.adit.wire.Framing;
import dev.adit.wire.RecordedHead;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.Trailers;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.Content.Chunk;
import org.eclipse.jetty.io.content.ByteBufferContentSource;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.jspecify.annotations.Nullable;

/**
 * A small request beside a client's own, buffered both ways: the exchange asks somebody, or sends a copy.
 *
 * <pre>
 *  start -&gt; CONNECTING --&gt; ASKING --head, no body wanted--&gt; answered; the body is read and thrown away
 *               |             |  +--head--&gt; body --end----&gt; answered
 *               +-------------+-- failed, too long -------&gt; failed
 * </pre>
 *
 * It reports once, on any thread, and not at all after {@link #cancel}.
 */
final class SubRequest implements Requester, Upstreams.Listener {
    /** Hears how it went; one of the two, once. */
    interface Listener {
        void answered(SubRequest from, ConsultAnswer answer);

        void failed(SubRequest from, UpstreamFailure failure);
    }

    /** So much of a body that nobody wants is read to keep its connection. */
    private static final int DISCARDED = 64 * 1024;

    private final Engine engine;
    private final RecordedHead request;
    private final @Nullable ByteBuffer body;
    private final int answerLimit;
    private final Listener listener;
    private final Runnable more = Invocable.from(InvocationType.NON_BLOCKING, this::readAnswer);
    private final AtomicBoolean over = new AtomicBoolean();
    private final ByteArrayOutputStream answer = new ByteArrayOutputStream(0);
    private volatile @Nullable UpstreamSide upstream;
    private int discarded;
    private @Nullable KeptHead head;
    private Content.@Nullable Source content;

    /** @param body what to send after the head, or null to declare no body */
    SubRequest(Engine engine, UpstreamRequest request, @Nullable ByteBuffer body, int answerLimit, Listener listener) {
        this.engine = engine;
        this.request = RecordedHead.of(request);
        this.body = body;
        this.answerLimit = answerLimit;
        this.listener = listener;
    }

    void start(boolean freshConnection) {
        engine.upstreams.open(request, freshConnection, this);
    }

    @Override
    public void connected(UpstreamSide side) {
        upstream = side;
        if (over.get()) {
            side.spare();
            return;
        }
        ByteBuffer sent = body;
        Framing framing = sent == null
                ? Framing.NONE
                : !sent.hasRemaining() ? Framing.EMPTY : new Framing(Framing.Kind.LENGTH, sent.remaining());
        Content.Source source = sent == null || framing.isBodiless() ? null : new ByteBufferContentSource(sent);
        try {
            side.begin(this, request, framing, source, null);
        } catch (RuntimeException e) {
            side.spare();
            failed(Kind.CONNECT, false, false, Objects.toString(e.getMessage(), "the request cannot be written"));
            return;
        }
        if (over.get() && head == null) {
            side.giveUp(this);
        }
    }

    @Override
    public void connectFailed(Kind kind, String detail) {
        failed(kind, false, false, detail);
    }

    /** Gives everything up. */
    void cancel() {
        over.set(true);
        giveUp();
    }

    private void giveUp() {
        UpstreamSide side = upstream;
        if (side != null) {
            side.giveUp(this);
        }
    }

    // From the upstream

    @Override
    public boolean headRequest() {
        return request.method().equals("HEAD");
    }

    @Override
    public void interim(ResponseHead head) {
        // It says nothing that could be of use here.
    }

    @Override
    public void bodyFailed(Throwable cause) {
        throw new IllegalStateException("bytes in memory do not break off", cause);
    }

    @Override
    public void head(ResponseHead received, Framing framing, Content.Source source) {
        if (received.status() == 101 || answerLimit > 0 && framing.length() > answerLimit) {
            bad("switches protocols, or is too long");
            return;
        }
        head = KeptHead.of(received);
        content = source;
        // What is here already is read first: the connection is free again before anybody can ask for another.
        readAnswer();
        if (answerLimit == 0) {
            answered(null);
        }
    }

    private void readAnswer() {
        Content.Source source = Objects.requireNonNull(content);
        while (true) {
            Chunk chunk = source.read();
            if (chunk == null) {
                source.demand(more);
                return;
            }
            if (Chunk.isFailure(chunk)) {
                giveUp();
                if (answerLimit > 0) {
                    failed(Kind.CLOSED, true, false, "the answer broke off");
                }
                return;
            }
            boolean last = chunk.isLast();
            Headers trailers = chunk instanceof Trailers after ? new FieldHeaders(after.getTrailers()) : null;
            boolean taken = take(chunk.getByteBuffer());
            chunk.release();
            if (!taken) {
                return;
            }
            if (last) {
                answered(trailers);
                return;
            }
        }
    }

    private boolean take(ByteBuffer bytes) {
        if (answerLimit == 0) {
            discarded += bytes.remaining();
            if (discarded > DISCARDED) {
                giveUp();
                return false;
            }
        } else if (bytes.remaining() > answerLimit - answer.size()) {
            bad("is too long");
            return false;
        } else {
            answer.writeBytes(BufferUtil.toArray(bytes));
        }
        return true;
    }

    @Override
    public void failed(Kind kind, boolean sent, boolean reused, String detail) {
        if (over.compareAndSet(false, true)) {
            listener.failed(this, new UpstreamFailure(kind, sent, reused, true, detail));
        }
    }

    private void bad(String why) {
        giveUp();
        failed(Kind.BAD_RESPONSE, true, false, "the answer " + why);
    }

    private void answered(@Nullable Headers trailers) {
        if (over.compareAndSet(false, true)) {
            KeptHead known = Objects.requireNonNull(head);
            listener.answered(this, new ConsultAnswer(known.status(), known.headers(), answer.toByteArray(), trailers));
        }
    }
}
