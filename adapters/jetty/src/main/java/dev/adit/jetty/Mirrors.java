package dev.adit.jetty;

import dev.adit.exchange.ConsultAnswer;
import dev.adit.exchange.Mirrored;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.wire.Framing;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/** Sends copies of requests. Nobody waits for them, so only so many may be under way. Safe for any number of threads. */
final class Mirrors implements SubRequest.Listener {
    /** A listener that answers slower than requests come gets some of them only. */
    static final int LIMIT = 1024;

    private final Engine engine;
    private final AtomicInteger underWay = new AtomicInteger();

    Mirrors(Engine engine) {
        this.engine = engine;
    }

    /** Sends those copies that need no body of the request, which has this framing; returns the others. */
    List<Mirrored> sendHeads(List<Mirrored> copies, Framing framing) {
        List<Mirrored> waiting = new ArrayList<>();
        boolean none = framing.kind() == Framing.Kind.NONE;
        for (Mirrored copy : copies) {
            if (none || framing.equals(Framing.EMPTY) || copy.bodyLimit() == 0) {
                send(copy, none ? null : BufferUtil.EMPTY_BUFFER);
            } else {
                waiting.add(copy);
            }
        }
        return waiting;
    }

    /** Sends those copies that may have this body; null: it is too long for all of them. */
    void sendWhole(List<Mirrored> waiting, @Nullable ByteBuffer body) {
        for (Mirrored copy : waiting) {
            if (body != null && body.remaining() <= copy.bodyLimit()) {
                send(copy, body.slice());
            }
        }
    }

    private void send(Mirrored copy, @Nullable ByteBuffer body) {
        if (underWay.incrementAndGet() > LIMIT) {
            underWay.decrementAndGet();
            return;
        }
        new SubRequest(engine, copy, body, 0, this).start(false);
    }

    @Override
    public void answered(SubRequest from, ConsultAnswer answer) {
        underWay.decrementAndGet();
    }

    @Override
    public void failed(SubRequest from, UpstreamFailure failure) {
        underWay.decrementAndGet();
    }
}
