package dev.adit.netty;

import dev.adit.exchange.ConsultAnswer;
import dev.adit.exchange.Mirrored;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.wire.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends copies of the requests of one event loop. Nobody waits for them, so only so many may be under way. */
final class Mirrors implements SubRequest.Listener {
    /** A listener that answers slower than requests come gets some of them only. */
    static final int LIMIT = 256;

    private final Loop loop;
    private int underWay;

    Mirrors(Loop loop) {
        this.loop = loop;
    }

    /** Sends those copies that need no body of the request, which has this framing; returns the others. */
    List<Mirrored> sendHeads(List<Mirrored> copies, Framing framing) {
        List<Mirrored> waiting = new ArrayList<>();
        boolean none = framing.kind() == Framing.Kind.NONE;
        for (Mirrored copy : copies) {
            if (none || framing.equals(Framing.EMPTY) || copy.bodyLimit() == 0) {
                send(copy, none ? null : Unpooled.EMPTY_BUFFER);
            } else {
                waiting.add(copy);
            }
        }
        return waiting;
    }

    /** Sends those copies that may have a body of this size. */
    void sendWhole(List<Mirrored> waiting, KeptBody body) {
        for (Mirrored copy : waiting) {
            if (body.whole() && body.size() <= copy.bodyLimit()) {
                send(copy, body.again());
            }
        }
    }

    private void send(Mirrored copy, @Nullable ByteBuf body) {
        if (underWay == LIMIT) {
            if (body != null) {
                body.release();
            }
            return;
        }
        underWay++;
        new SubRequest(loop, copy, body, 0, this).start(false);
    }

    @Override
    public void answered(ConsultAnswer answer) {
        underWay--;
    }

    @Override
    public void failed(UpstreamFailure failure) {
        underWay--;
    }
}
