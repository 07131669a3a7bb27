package dev.adit.undertow;

import dev.adit.exchange.ConsultAnswer;
import dev.adit.exchange.RequestSink;
import dev.adit.exchange.ResponseHead;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.exchange.UpstreamFailure.Kind;
import dev.adit.exchange.UpstreamRequest;
import dev.adit.wire.BadMessageException;
import dev.adit.wire.RecordedHead;
import io.undertow.client.ClientCallback;
import io.undertow.client.ClientExchange;
import io.undertow.client.ClientRequest;
import io.undertow.client.ClientResponse;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Protocols;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSourceChannel;

/**
 * A small request beside a client's own: the exchange asks somebody, or sends a copy. Where the answer's body is not wanted, it
 * is reported as soon as its head is there; a little of the body is then read to keep the connection, for a while. Otherwise it
 * is reported when it was read to its end. Reports once, and not at all after {@link #cancel}.
 */
final class SubRequest implements UpstreamConnector.Listener, ClientCallback<ClientExchange>, Loop.Member {
    /** Hears how it went; one of the two, once, on the loop's thread. */
    interface Listener {
        void answered(ConsultAnswer answer);

        void consultFailed(UpstreamFailure failure);
    }

    /** So much of a body that nobody wants is read to keep its connection. */
    private static final int DISCARDED = 64 * 1024;

    private final Loop loop;
    private final RecordedHead request;
    private final @Nullable ByteBuffer body;
    private final int answerLimit;
    private final Patience patience = new Patience();
    /** How long a body that nobody wants was waited for. */
    private final Patience lingering = new Patience();

    private final ByteArrayOutputStream answer = new ByteArrayOutputStream(0);
    private @Nullable Listener listener;
    private @Nullable UpstreamConnection connection;
    private @Nullable ClientExchange exchange;
    /** Sends {@link #body}, if there is any. */
    private @Nullable Pump sending;

    private int discarded;
    private @Nullable ResponseView response;

    /** @param body what to send after the head; null to declare no body */
    SubRequest(Loop loop, UpstreamRequest request, @Nullable ByteBuffer body, int answerLimit, Listener listener) {
        this.loop = loop;
        this.request = RecordedHead.of(request);
        this.body = body;
        this.answerLimit = answerLimit;
        this.listener = listener;
    }

    void start(boolean freshConnection) {
        loop.open(request, freshConnection, this);
    }

    @Override
    public void connected(UpstreamConnection fresh) {
        if (listener == null) {
            loop.keep(fresh);
        } else {
            send(fresh);
        }
    }

    @Override
    public boolean isWaiting() {
        return listener != null;
    }

    @Override
    public void connectFailed(Kind kind, String detail) {
        report(new UpstreamFailure(kind, false, false, true, detail));
    }

    private void send(UpstreamConnection to) {
        connection = to;
        ClientRequest head = new ClientRequest().setProtocol(Protocols.HTTP_1_1);
        HeaderMap headers = head.getRequestHeaders();
        request.writeHead(new RequestSink() {
            @Override
            public void start(String method, String target) {
                head.setMethod(HttpString.tryFromString(method)).setPath(target);
            }

            @Override
            public void field(CharSequence name, CharSequence value) {
                HeaderView.add(headers, name, value);
            }
        });
        if (body != null) {
            headers.put(Headers.CONTENT_LENGTH, body.remaining());
        }
        to.send(head, false, interim -> {}, this);
    }

    private boolean isHead() {
        return request.method().equals("HEAD");
    }

    @Override
    public void completed(ClientExchange sent) {
        exchange = sent;
        sent.setResponseListener(new ClientCallback<>() {
            @Override
            public void completed(ClientExchange answered) {
                head(answered.getResponse());
            }

            @Override
            public void failed(IOException e) {
                SubRequest.this.failed(e);
            }
        });
        if (body != null && body.hasRemaining()) {
            sending = new Pump(body, sent.getRequestChannel(), loop.buffers, new Sending());
            sending.start();
        }
    }

    /** The body on its way. Who does not take all of it may have answered before. */
    private static final class Sending implements Pump.Listener {
        @Override
        public void sourceEnded() {
            // All was there from the beginning.
        }

        @Override
        public void pumped() {
            // Whether it was is asked when the answer is there.
        }

        @Override
        public void sourceFailed(IOException cause) {
            throw new IllegalStateException("there is no source", cause);
        }

        @Override
        public void sinkFailed(IOException cause) {
            // The answer says what came of it, or that the connection is gone.
        }
    }

    private void head(ClientResponse head) {
        UpstreamConnection from = Objects.requireNonNull(connection);
        try {
            ResponseHead read = from.head(head, isHead());
            if (read.status() < 200 || read.status() > 599) {
                throw new BadMessageException("the answer is none that could be used");
            }
            response = new ResponseView(read.status(), HeaderView.copyOf(read.headers()));
        } catch (BadMessageException e) {
            failed(e);
            return;
        }
        StreamSourceChannel source = Objects.requireNonNull(exchange).getResponseChannel();
        source.getReadSetter().set(this::read);
        read(source);
        if (answerLimit == 0 && connection != null) {
            // Before it has to wait: what is here already gives the connection back.
            loop.add(this);
            report(response, null);
        }
    }

    private void read(StreamSourceChannel source) {
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        try {
            while (connection != null) {
                int n = source.read(buffer.clear());
                if (n == 0) {
                    source.resumeReads();
                    return;
                }
                if (n < 0) {
                    answered();
                } else if (answerLimit == 0 && n <= DISCARDED - discarded) {
                    discarded += n;
                } else if (answerLimit > 0 && n <= answerLimit - answer.size()) {
                    answer.write(buffer.array(), 0, n);
                } else {
                    fail(Kind.BAD_RESPONSE, "the answer is too long");
                }
            }
        } catch (IOException e) {
            failed(e);
        }
    }

    private void answered() {
        UpstreamConnection from = Objects.requireNonNull(connection);
        ClientExchange done = Objects.requireNonNull(exchange);
        HeaderView fields = new HeaderView(done.getResponse().getResponseHeaders());
        HeaderMap trailers;
        try {
            trailers = from.trailers(done);
        } catch (BadMessageException e) {
            failed(e);
            return;
        }
        connection = null;
        loop.remove(this);
        boolean sent = sending == null
                || sending.isStopped() && !done.getRequestChannel().isOpen();
        if (!sent || request.closes() || HeaderView.lists(fields, "Connection", "close")) {
            from.close();
        } else {
            from.reused = true;
            loop.keep(from);
        }
        report(Objects.requireNonNull(response), trailers == null ? null : new HeaderView(trailers));
    }

    @Override
    public void failed(IOException e) {
        UpstreamConnection from = connection;
        fail(from == null ? Kind.CLOSED : from.kindOf(e), String.valueOf(e.getMessage()));
    }

    private void fail(Kind kind, String detail) {
        boolean reused = connection != null && connection.reused;
        close();
        ResponseView head = response;
        if (head != null && answerLimit == 0) {
            report(head, null);
        } else {
            report(new UpstreamFailure(kind, true, reused, true, detail));
        }
    }

    @Override
    public void tick(long now) {
        if (listener == null) {
            if (loop.draining() || lingering.exceeded(loop.limits.linger(), now)) {
                close();
            }
        } else if (connection != null && patience.exceeded(request.timeouts().read(), now)) {
            fail(Kind.TIMEOUT, "no answer in time");
        }
    }

    @Override
    public void closeNow() {
        cancel();
    }

    /** Gives everything up. */
    void cancel() {
        listener = null;
        close();
    }

    private void close() {
        if (sending != null) {
            sending.stop();
        }
        if (connection != null) {
            connection.close();
            connection = null;
        }
        loop.remove(this);
    }

    private void report(ResponseView head, @Nullable HeaderView trailers) {
        Listener told = listener;
        listener = null;
        if (told != null) {
            told.answered(new ConsultAnswer(head.status(), head.headers(), answer.toByteArray(), trailers));
        }
    }

    private void report(UpstreamFailure failure) {
        Listener told = listener;
        listener = null;
        if (told != null) {
            told.consultFailed(failure);
        }
    }
}
