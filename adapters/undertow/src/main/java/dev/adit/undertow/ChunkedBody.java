package dev.adit.undertow;

import dev.adit.exchange.Headers;
import dev.adit.exchange.TransportLimits;
import dev.adit.wire.BadMessageException;
import dev.adit.wire.BodyReader;
import dev.adit.wire.Framing;
import dev.adit.wire.MessageLimits;
import io.undertow.conduits.ChunkedStreamSourceConduit;
import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.HeaderMap;
import io.undertow.util.PooledAdaptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.PushBackStreamSourceConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * The chunked body of a request, strictly read. Undertow's own reader skips whatever stands between a chunk's data and the
 * next line end, and takes a line without a size for the last chunk; so what it reads is looked at before it. It is also
 * kept from closing the connection of a body that breaks off, which is answered instead.
 */
final class ChunkedBody extends GuardConduit {
    private final BodyReader chunks;
    private @Nullable BadMessageException broken;

    private ChunkedBody(StreamSourceConduit next, BodyReader chunks) {
        super(next);
        this.chunks = chunks;
    }

    /** Puts a strict reader in the place of Undertow's own. */
    static StreamSourceConduit of(HttpServerExchange exchange, TransportLimits limits) {
        HttpServerConnection connection = (HttpServerConnection) exchange.getConnection();
        ByteBufferPool pool = connection.getByteBufferPool();
        PushBackStreamSourceConduit early = new PushBackStreamSourceConduit(connection.getOriginalSourceConduit());
        PooledByteBuffer read = connection.getExtraBytes();
        if (read != null) {
            connection.setExtraBytes(null);
            early.pushBack(new PooledAdaptor(read));
        }
        RequestGuard guard = RequestGuard.of(exchange);
        BodyReader chunks = new BodyReader(MessageLimits.of(limits));
        chunks.start(Framing.CHUNKED);
        PushBackStreamSourceConduit checked =
                guard == null ? new PushBackStreamSourceConduit(new ChunkedBody(early, chunks)) : early;
        return new ChunkedStreamSourceConduit(
                checked,
                checked,
                pool,
                body -> {
                    Headers came = guard == null ? chunks.trailers() : guard.trailers();
                    HeaderMap trailers = HeaderView.passing(came);
                    if (trailers != null) {
                        // Undertow's reader keeps one field of each name.
                        exchange.putAttachment(HttpAttachments.REQUEST_TRAILERS, trailers);
                    }
                    finished(exchange, connection, body, guard == null ? checked : null);
                },
                exchange,
                () -> {});
    }

    private static void finished(
            HttpServerExchange exchange,
            HttpServerConnection connection,
            ChunkedStreamSourceConduit body,
            @Nullable PushBackStreamSourceConduit rest) {
        if (!body.isFinished()) {
            exchange.setPersistent(false);
        } else if (rest != null && exchange.isPersistent()) {
            keepRest(exchange, connection, rest);
        }
        Connectors.terminateRequest(exchange);
    }

    /** What was read beyond the body is the client's next request: back to where Undertow looks for it. */
    private static void keepRest(
            HttpServerExchange exchange, HttpServerConnection connection, PushBackStreamSourceConduit rest) {
        PooledByteBuffer next = connection.getByteBufferPool().allocate();
        boolean kept = false;
        try {
            if (rest.read(next.getBuffer()) > 0) {
                next.getBuffer().flip();
                connection.ungetRequestBytes(next);
                kept = true;
            }
        } catch (IOException e) {
            // It is gone; the answer is still owed.
            exchange.setPersistent(false);
        } finally {
            if (!kept) {
                next.close();
            }
        }
    }

    @Override
    public void resumeReads() {
        if (broken != null) {
            // To be told, though nothing more may come.
            next.wakeupReads();
        } else {
            next.resumeReads();
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (broken != null) {
            throw broken;
        }
        int start = target.position();
        int read = next.read(target);
        if (read <= 0) {
            return read;
        }
        ByteBuffer seen = target.duplicate().flip().position(start);
        try {
            chunks.follow(seen);
            return read;
        } catch (BadMessageException e) {
            broken = e;
            target.position(seen.position());
            if (seen.position() == start) {
                throw e;
            }
            return seen.position() - start;
        }
    }
}
