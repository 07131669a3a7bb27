package dev.adit.netty;

import dev.adit.exchange.ConsultAnswer;
import dev.adit.exchange.ResponseHead;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.exchange.UpstreamRequest;
import dev.adit.wire.Fields;
import dev.adit.wire.Framing;
import dev.adit.wire.RecordedHead;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A small request beside a client's own, buffered both ways: the exchange asks somebody, or sends a copy.
 *
 * <pre>
 *  start ─▶ CONNECTING ──▶ ASKING ──head, no body wanted──▶ answered; the body is read and thrown away
 *               │             │  └──head──▶ body ──end────▶ answered
 *               └─────────────┴── failed, too long ───────▶ failed
 * </pre>
 *
 * It reports once, and not at all after {@link #cancel}.
 */
final class SubRequest implements Requester, UpstreamConnector.Listener {
    /** Hears how it went; one of the two, once, on the event loop. */
    interface Listener {
        /** The answer's headers are only valid during the call. */
        void answered(ConsultAnswer answer);

        void failed(UpstreamFailure failure);
    }

    /** So much of a body that nobody wants is read to keep its connection. */
    private static final int DISCARDED = 64 * 1024;

    private final Loop loop;
    private final RecordedHead request;
    private final Framing framing;
    private final int answerLimit;

    private @Nullable ByteBuf body;
    private @Nullable Listener listener;
    private @Nullable UpstreamSide upstream;
    private @Nullable ResponseHead response;
    private final ByteArrayOutputStream answer = new ByteArrayOutputStream(0);
    private int discarded;

    /** @param body what to send after the head, and taken over; null to declare no body */
    SubRequest(Loop loop, UpstreamRequest request, @Nullable ByteBuf body, int answerLimit, Listener listener) {
        this.loop = loop;
        this.request = RecordedHead.of(request);
        this.framing = body == null ? Framing.NONE : new Framing(Framing.Kind.LENGTH, body.readableBytes());
        this.body = body;
        this.answerLimit = answerLimit;
        this.listener = listener;
    }

    void start(boolean freshConnection) {
        loop.open(request, freshConnection, this);
    }

    @Override
    public void connected(UpstreamSide connection) {
        if (listener != null) {
            send(connection);
        } else {
            connection.spare();
        }
    }

    @Override
    public void connectFailed(UpstreamFailure.Kind kind, String detail) {
        failed(new UpstreamFailure(kind, false, false, true, detail));
    }

    @Override
    public boolean isWaiting() {
        return listener != null;
    }

    private void send(UpstreamSide connection) {
        try {
            connection.begin(this, request, framing, null);
        } catch (RuntimeException e) {
            connection.giveUp();
            String why = Objects.toString(e.getMessage(), "the request cannot be written");
            failed(new UpstreamFailure(UpstreamFailure.Kind.CONNECT, false, false, true, why));
            return;
        }
        upstream = connection;
        if (body != null && !framing.isBodiless()) {
            connection.write(body);
            body = null;
            connection.end(null);
        }
        letGo();
        connection.flush();
    }

    /** Gives everything up. */
    void cancel() {
        listener = null;
        letGo();
        if (upstream != null) {
            upstream.giveUp();
            upstream = null;
        }
    }

    private void letGo() {
        if (body != null) {
            body.release();
            body = null;
        }
    }

    // From the upstream

    @Override
    public boolean headRequest() {
        return request.method().equals("HEAD");
    }

    @Override
    public boolean requestSent() {
        return true;
    }

    @Override
    public void interim(ResponseHead head) {
        // It says nothing that could be of use here.
    }

    @Override
    public void head(ResponseHead head, Fields fields, Framing framing, ByteBuf in) {
        if (head.status() == 101 || answerLimit > 0 && framing.length() > answerLimit) {
            bad("switches protocols, or is too long");
        } else if (answerLimit == 0) {
            answered(head, null);
        } else {
            response = head;
        }
    }

    @Override
    public void responseData(ByteBuf data) {
        try {
            if (response == null) {
                discarded += data.readableBytes();
                if (discarded > DISCARDED && upstream != null) {
                    upstream.giveUp();
                    upstream = null;
                }
            } else if (data.readableBytes() > answerLimit - answer.size()) {
                bad("is too long");
            } else {
                byte[] bytes = new byte[data.readableBytes()];
                data.readBytes(bytes);
                answer.writeBytes(bytes);
            }
        } finally {
            data.release();
        }
    }

    @Override
    public void responseFlush() {
        // What is buffered needs no flushing.
    }

    @Override
    public void responseEnd(@Nullable Fields trailers) {
        upstream = null;
        if (response != null) {
            answered(response, trailers);
        }
    }

    @Override
    public void upstreamWritable() {
        // All was handed over at once.
    }

    @Override
    public void upstreamFailed(UpstreamFailure.Kind kind, boolean sent, boolean reused, String detail) {
        upstream = null;
        failed(new UpstreamFailure(kind, sent, reused, true, detail));
    }

    // To the listener

    private void bad(String why) {
        Objects.requireNonNull(upstream).giveUp();
        upstream = null;
        response = null;
        failed(new UpstreamFailure(UpstreamFailure.Kind.BAD_RESPONSE, true, false, true, "the answer " + why));
    }

    private void answered(ResponseHead head, @Nullable Fields trailers) {
        Listener told = listener;
        listener = null;
        if (told != null) {
            told.answered(new ConsultAnswer(head.status(), head.headers(), answer.toByteArray(), trailers));
        }
    }

    private void failed(UpstreamFailure failure) {
        Listener told = listener;
        listener = null;
        letGo();
        if (told != null) {
            told.failed(failure);
        }
    }
}
