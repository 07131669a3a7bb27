package dev.adit.undertow;

import dev.adit.exchange.Forward;
import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.RequestSink;
import dev.adit.exchange.ResponseHead;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.exchange.UpstreamFailure.Kind;
import dev.adit.policy.Timeouts;
import dev.adit.wire.BadMessageException;
import dev.adit.wire.HeadRules;
import dev.adit.wire.KeptBody;
import io.undertow.client.ClientCallback;
import io.undertow.client.ClientExchange;
import io.undertow.client.ClientRequest;
import io.undertow.client.ClientResponse;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Protocols;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.xnio.StreamConnection;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * One request on one upstream connection: sends head and body, waits for the answer's head, hands out the answer's body, and
 * then gives the connection back to the pool or closes it. Tells its driver of a failure once, and of nothing after it was
 * given up.
 */
final class UpstreamAttempt implements ClientCallback<ClientExchange>, Pump.Listener {
    private final ExchangeDriver driver;
    private final Loop loop;
    private final ClientSide client;
    private final UpstreamConnection connection;
    private final Timeouts timeouts;
    private final boolean upgrade;
    private final KeptBody kept;
    private final Patience headPatience = new Patience();
    private final Patience bodyPatience = new Patience();
    private @Nullable ClientExchange exchange;
    private @Nullable Pump body;
    /** Whether the upstream stopped taking the body; its answer may still come. */
    private boolean broken;

    private boolean over;
    private boolean responded;

    UpstreamAttempt(
            ExchangeDriver driver,
            Loop loop,
            ClientSide client,
            UpstreamConnection connection,
            Forward forward,
            KeptBody kept) {
        this.driver = driver;
        this.loop = loop;
        this.client = client;
        this.connection = connection;
        this.timeouts = forward.timeouts();
        this.upgrade = forward.upgrade() != null;
        this.kept = kept;
    }

    void send(Forward forward) {
        ClientRequest request = new ClientRequest().setProtocol(Protocols.HTTP_1_1);
        HeaderMap headers = request.getRequestHeaders();
        forward.writeHead(new RequestSink() {
            @Override
            public void start(String method, String target) {
                request.setMethod(HttpString.tryFromString(method)).setPath(target);
            }

            @Override
            public void field(CharSequence name, CharSequence value) {
                HeaderView.add(headers, name, value);
            }
        });
        client.writeFraming(headers);
        connection.send(request, upgrade, driver::interim, this);
    }

    /** The connection takes the request. */
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
                UpstreamAttempt.this.failed(e);
            }
        });
        if (client.hasBody()) {
            client.askForBody(this::sendBody);
        }
    }

    private void sendBody() {
        if (!over && body == null) {
            boolean counted = sent().getRequest().getRequestHeaders().contains(Headers.CONTENT_LENGTH);
            StreamSinkChannel sink = sent().getRequestChannel();
            Pump pump = client.bodyRead()
                    ? new Pump(kept.bytes(), sink, loop.buffers, this)
                    : new Pump(client.body(), sink, loop.buffers, this)
                            .keeping(kept)
                            .limited(driver::takesBody);
            body = pump.chunked(!counted);
            pump.start();
        }
    }

    private ClientExchange sent() {
        return Objects.requireNonNull(exchange);
    }

    private void head(ClientResponse response) {
        if (over) {
            return;
        }
        ResponseHead head;
        try {
            head = connection.head(response, client.head().method().equals("HEAD"));
        } catch (BadMessageException e) {
            fail(Kind.BAD_RESPONSE, String.valueOf(e.getMessage()));
            return;
        }
        responded = true;
        driver.head(head);
    }

    @Override
    public void failed(IOException e) {
        fail(connection.kindOf(e), String.valueOf(e.getMessage()));
    }

    private void fail(Kind kind, String detail) {
        if (over) {
            return;
        }
        giveUp();
        driver.upstreamFailed(new UpstreamFailure(kind, true, connection.reused, kept.whole(), detail));
    }

    /** Closes the connection; nothing more is heard. */
    void giveUp() {
        over = true;
        stopBody();
        connection.close();
    }

    // The request's body

    @Override
    public void sourceEnded() {
        HeaderMap trailers;
        try {
            HeaderMap came = client.exchange().getAttachment(HttpAttachments.REQUEST_TRAILERS);
            trailers = passing(came, client.head().version() == HttpVersion.HTTP_2);
        } catch (BadMessageException e) {
            driver.clientBroken(e);
            return;
        }
        driver.bodyEnded();
        if (trailers != null) {
            // Undertow writes what stands under this name, on both of its sides.
            sent().putAttachment(HttpAttachments.RESPONSE_TRAILERS, trailers);
        }
    }

    @Override
    public void pumped() {
        driver.requestSent();
    }

    @Override
    public void sourceFailed(IOException cause) {
        driver.clientBroken(cause);
    }

    @Override
    public void sinkFailed(IOException cause) {
        // It may have answered before it closed: that is still to be read.
        broken = true;
    }

    void stopBody() {
        if (body != null) {
            body.stop();
        }
    }

    /** Whether the whole request has left. */
    boolean requestSent() {
        return !broken && client.bodyRead() && (body == null || body.isStopped());
    }

    // The answer

    StreamSourceChannel answerBody() {
        return sent().getResponseChannel();
    }

    /** @throws BadMessageException if they are malformed */
    @Nullable
    HeaderMap answerTrailers() throws BadMessageException {
        return connection.trailers(sent());
    }

    /** Those trailer fields that may pass, or null. */
    static @Nullable HeaderMap passing(@Nullable HeaderMap trailers, boolean http2) throws BadMessageException {
        if (trailers == null) {
            return null;
        }
        HeaderView fields = new HeaderView(trailers);
        if (http2) {
            HeadRules.checkStreamTrailers(fields);
        } else {
            HeadRules.checkFields(fields);
        }
        return HeaderView.passing(fields);
    }

    /** The whole answer was read: the connection may serve another request. */
    void answered() {
        over = true;
        stopBody();
        ClientExchange done = sent();
        boolean asked = requestSent()
                && (connection.protocol.isHttp2() || !done.getRequestChannel().isOpen());
        HeaderView fields = new HeaderView(done.getResponse().getResponseHeaders());
        boolean last = HeaderView.lists(fields, "Connection", "close");
        // What was asked to switch and speaks of it is left half switched by Undertow's client.
        boolean half = upgrade
                && (fields.map().contains(Headers.UPGRADE) || HeaderView.lists(fields, "Connection", "upgrade"));
        if (asked && !last && !half) {
            connection.reused = true;
            loop.keep(connection);
        } else {
            connection.close();
        }
    }

    /** The bare connection, after 101. */
    StreamConnection upgraded() throws IOException {
        over = true;
        return connection.client.performUpgrade();
    }

    // Watching

    void tick(long now) {
        if (body != null && !body.isStopped()) {
            if (bodyPatience.exceeded(body, Pump.Wait.SINK, timeouts.send(), now)) {
                late("it does not take the request");
            } else if (bodyPatience.exceeded(body, Pump.Wait.SOURCE, loop.limits.bodyRead(), now)) {
                driver.clientSlow();
            }
        } else if (!responded && headPatience.exceeded(timeouts.read(), now)) {
            late("no answer in time");
        }
    }

    private void late(String detail) {
        if (responded) {
            giveUp();
            driver.torn();
        } else {
            fail(Kind.TIMEOUT, detail);
        }
    }
}
