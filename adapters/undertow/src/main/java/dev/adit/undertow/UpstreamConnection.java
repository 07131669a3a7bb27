package dev.adit.undertow;

import dev.adit.balancer.Endpoint;
import dev.adit.exchange.ResponseHead;
import dev.adit.route.Protocol;
import dev.adit.wire.BadMessageException;
import dev.adit.wire.Framing;
import dev.adit.wire.HeadRules;
import io.undertow.client.ClientConnection;
import io.undertow.client.ClientResponse;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/** A connection to an endpoint, used for one request at a time. */
final class UpstreamConnection {
    final Endpoint endpoint;
    final Protocol protocol;
    final ClientConnection client;
    /** Looks at the answers before {@link #client} does; null where HTTP/2 is spoken. */
    final @Nullable ResponseGuard guard;

    private final StreamConnection socket;
    /** Whether it has served a request before the one under way. */
    boolean reused;
    /** When it was kept, as {@link System#nanoTime()}. */
    long idleSince;

    UpstreamConnection(
            Endpoint endpoint,
            Protocol protocol,
            ClientConnection client,
            @Nullable ResponseGuard guard,
            StreamConnection socket) {
        this.endpoint = endpoint;
        this.protocol = protocol;
        this.client = client;
        this.guard = guard;
        this.socket = socket;
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
