package dev.adit.undertow;

import dev.adit.exchange.Consult;
import dev.adit.exchange.ConsultAnswer;
import dev.adit.exchange.RequestSink;
import dev.adit.exchange.ResponseHead;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.exchange.UpstreamFailure.Kind;
import dev.adit.wire.BadMessageException;
import io.undertow.client.ClientCallback;
import io.undertow.client.ClientExchange;
import io.undertow.client.ClientRequest;
import io.undertow.client.ClientResponse;
import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import io.undertow.util.Protocols;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSourceChannel;

/**
 * A small request beside a client's own: the exchange asks somebody. The answer is read to its end and reported then; where
 * its body is not wanted, a long, late or torn one changes nothing about what its head says. Reports once, and not at all
 * after {@link #cancel}.
 */
final class SubRequest implements UpstreamConnector.Listener, ClientCallback<ClientExchange> {
    /** Hears how it went; one of the two, once, on the loop's thread. */
    interface Listener {
        void answered(ConsultAnswer answer);

        void consultFailed(UpstreamFailure failure);
    }

    /** So much of a body that nobody wants is read to keep its connection. */
    private static final int DISCARDED = 64 * 1024;

    private final Loop loop;
    private final Consult consult;
    private final Patience patience = new Patience();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
    private @Nullable Listener listener;
    private @Nullable UpstreamConnection connection;
    private @Nullable ClientExchange exchange;
    private boolean headRequest;
    private @Nullable ResponseView response;

    SubRequest(Loop loop, Consult consult, Listener listener) {
        this.loop = loop;
        this.consult = consult;
        this.listener = listener;
    }

    void start() {
        UpstreamConnection kept =
                consult.freshConnection() ? null : loop.pool.take(consult.endpoint(), consult.protocol());
        if (kept == null) {
            loop.connector.connect(
                    loop,
                    consult.endpoint(),
                    consult.protocol(),
                    consult.timeouts().connect(),
                    this);
        } else {
            send(kept);
        }
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
    public void connectFailed(Kind kind, String detail) {
        report(new UpstreamFailure(kind, false, false, true, detail));
    }

    private void send(UpstreamConnection to) {
        connection = to;
        ClientRequest request = new ClientRequest().setProtocol(Protocols.HTTP_1_1);
        HeaderMap headers = request.getRequestHeaders();
        consult.writeHead(new RequestSink() {
            @Override
            public void start(String asked, String target) {
                headRequest = asked.equals("HEAD");
                request.setMethod(HttpString.tryFromString(asked)).setPath(target);
            }

            @Override
            public void field(CharSequence name, CharSequence value) {
                HeaderView.add(headers, name, value);
            }
        });
        if (to.guard != null) {
            to.guard.expect(headRequest, false, interim -> {});
        }
        to.client.sendRequest(request, this);
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
    }

    private void head(ClientResponse head) {
        UpstreamConnection from = Objects.requireNonNull(connection);
        try {
            ResponseHead read = from.head(head, headRequest);
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
    }

    private void read(StreamSourceChannel source) {
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        boolean wanted = consult.answerLimit() > 0;
        try {
            while (listener != null) {
                int n = source.read(buffer.clear());
                if (n == 0) {
                    source.resumeReads();
                    return;
                }
                if (n < 0) {
                    answered();
                } else if (n <= (wanted ? consult.answerLimit() : DISCARDED) - body.size()) {
                    body.write(buffer.array(), 0, n);
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
        connection = null;
        if (HeaderView.lists(fields, "Connection", "close")) {
            from.close();
        } else {
            from.reused = true;
            loop.keep(from);
        }
        report(Objects.requireNonNull(response));
    }

    @Override
    public void failed(IOException e) {
        fail(e instanceof BadMessageException ? Kind.BAD_RESPONSE : Kind.CLOSED, String.valueOf(e.getMessage()));
    }

    private void fail(Kind kind, String detail) {
        boolean reused = connection != null && connection.reused;
        close();
        ResponseView head = response;
        if (head != null && consult.answerLimit() == 0) {
            report(head);
        } else {
            report(new UpstreamFailure(kind, true, reused, true, detail));
        }
    }

    void tick(long now) {
        if (connection != null && patience.exceeded(consult.timeouts().read(), now)) {
            fail(Kind.TIMEOUT, "no answer in time");
        }
    }

    /** Gives everything up. */
    void cancel() {
        listener = null;
        close();
    }

    private void close() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    private void report(ResponseView head) {
        Listener told = listener;
        listener = null;
        if (told != null) {
            byte[] bytes = consult.answerLimit() == 0 ? new byte[0] : body.toByteArray();
            told.answered(new ConsultAnswer(head.status(), head.headers(), bytes));
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
