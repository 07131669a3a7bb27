package dev.adit.undertow;

import dev.adit.balancer.ConnectionPermit;
import dev.adit.balancer.Endpoint;
import dev.adit.exchange.ResponseHead;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.route.Protocol;
import dev.adit.wire.BadMessageException;
import dev.adit.wire.Framing;
import dev.adit.wire.HeadRules;
import io.undertow.client.ClientCallback;
import io.undertow.client.ClientConnection;
import io.undertow.client.ClientExchange;
import io.undertow.client.ClientRequest;
import io.undertow.client.ClientResponse;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.util.HeaderMap;
import io.undertow.util.Methods;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/** A connection to an endpoint, used for one request at a time. */
final class UpstreamConnection {
    final Endpoint endpoint;
    final Protocol protocol;
    final ConnectionPermit permit;
    final ClientConnection client;
    /** Looks at the answers before {@link #client} does; null where HTTP/2 is spoken. */
    final @Nullable ResponseGuard guard;

    /** Tells of answers that {@link #client} gives up without a word; null where HTTP/1.1 is spoken. */
    private final @Nullable Http2UpstreamChannel streams;

    private final StreamConnection socket;
    /** Whether it has served a request before the one under way. */
    boolean reused;
    /** When it was kept, as {@link System#nanoTime()}. */
    long idleSince;

    UpstreamConnection(
            Endpoint endpoint,
            Protocol protocol,
            ConnectionPermit permit,
            ClientConnection client,
            @Nullable ResponseGuard guard,
            @Nullable Http2UpstreamChannel streams,
            StreamConnection socket) {
        this.endpoint = endpoint;
        this.protocol = protocol;
        this.permit = permit;
        this.client = client;
        this.guard = guard;
        this.streams = streams;
        this.socket = socket;
    }

    /** Holds its permit until it is closed, whoever has it then; {@code loop} gives it up for others where it is unused. */
    void hold(Loop loop) {
        permit.opened(() -> {
            try {
                loop.ioThread.execute(() -> loop.reclaimed(this));
            } catch (RejectedExecutionException e) {
                // The loop has ended, and has closed its connections.
                permit.close();
            }
        });
        client.addCloseListener(closed -> permit.close());
        if (!isOpen()) {
            permit.close();
        }
    }

    /**
     * Sends the head of a request.
     *
     * @param interim hears of interim answers, which are valid during the call
     * @param callback hears what comes of it; of a failure maybe more than once
     */
    void send(
            ClientRequest request,
            boolean upgrade,
            Consumer<ResponseHead> interim,
            ClientCallback<ClientExchange> callback) {
        if (guard != null) {
            guard.expect(request.getMethod().equals(Methods.HEAD), upgrade, interim);
        }
        if (streams != null) {
            streams.expect(callback::failed);
        }
        client.sendRequest(request, callback);
    }

    /**
     * The head of an answer, as it came. It is reused for the next answer.
     *
     * @throws BadMessageException if it has two readings
     */
    ResponseHead head(ClientResponse response, boolean headRequest) throws BadMessageException {
        if (guard != null) {
            return guard.head();
        }
        ResponseView head = new ResponseView(response);
        HeadRules.checkFields(head.headers());
        if (head.headers().get("Transfer-Encoding") != null) {
            throw new BadMessageException("Transfer-Encoding in HTTP/2");
        }
        Framing.ofStream(head, headRequest, false);
        return head;
    }

    /**
     * Those trailer fields of an answer that may pass, or null.
     *
     * @throws BadMessageException if there are some that cannot be
     */
    @Nullable
    HeaderMap trailers(ClientExchange answered) throws BadMessageException {
        return guard == null
                ? UpstreamAttempt.passing(answered.getAttachment(HttpAttachments.REQUEST_TRAILERS), true)
                : HeaderView.passing(guard.trailers());
    }

    /** What it means that Undertow's client gave an answer up: it could not read it, or the connection broke. */
    UpstreamFailure.Kind kindOf(IOException e) {
        // After a request that was the last on its connection, the client only says that this was closed.
        boolean unreadable = guard != null && guard.isBroken()
                || e instanceof BadMessageException
                || e.getCause() != null && !(e.getCause() instanceof ClosedChannelException);
        return unreadable ? UpstreamFailure.Kind.BAD_RESPONSE : UpstreamFailure.Kind.CLOSED;
    }

    boolean isOpen() {
        return client.isOpen();
    }

    /** Whether it can take another request. */
    boolean isUsable() {
        return isOpen() && (guard == null || guard.isQuiet());
    }

    /** Closes it now: Undertow's client would wait for the other side to close as well. */
    void close() {
        IoUtils.safeClose(socket);
    }
}
