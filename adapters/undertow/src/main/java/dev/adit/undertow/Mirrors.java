package dev.adit.undertow;

import dev.adit.exchange.ConsultAnswer;
import dev.adit.exchange.Mirrored;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.wire.KeptBody;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sends copies of the requests of one IO thread. Nobody waits for them, so only so many may be under way. */
final class Mirrors {
    /** A listener that answers slower than requests come gets some of them only. */
    static final int LIMIT = 256;

    private final Loop loop;
    private final Set<SubRequest> underWay = new HashSet<>();

    Mirrors(Loop loop) {
        this.loop = loop;
    }

    /** Sends those copies that need no body of the request; returns the others. */
    List<Mirrored> sendHeads(List<Mirrored> copies, ClientSide client) {
        List<Mirrored> waiting = new ArrayList<>();
        for (Mirrored copy : copies) {
            if (client.hasBody() && copy.bodyLimit() > 0) {
                waiting.add(copy);
            } else {
                send(copy, client.announcesBody() ? ByteBuffer.allocate(0) : null);
            }
        }
        return waiting;
    }

    /** Sends those copies that may have a body of this size. */
    void sendWhole(List<Mirrored> waiting, KeptBody body) {
        for (Mirrored copy : waiting) {
            if (body.whole() && body.size() <= copy.bodyLimit()) {
                send(copy, body.bytes());
            }
        }
    }

    private void send(Mirrored copy, @Nullable ByteBuffer body) {
        if (underWay.size() < LIMIT) {
            Sent sent = new Sent();
            sent.request = new SubRequest(loop, copy, body, 0, sent);
            underWay.add(sent.request);
            loop.startTicking();
            sent.request.start(false);
        }
    }

    boolean isEmpty() {
        return underWay.isEmpty();
    }

    void tick(long now) {
        List.copyOf(underWay).forEach(request -> request.tick(now));
    }

    void close() {
        underWay.forEach(SubRequest::cancel);
        underWay.clear();
    }

    /** Whatever comes of a copy, it makes room for another. */
    private final class Sent implements SubRequest.Listener {
        private @Nullable SubRequest request;

        @Override
        public void answered(ConsultAnswer answer) {
            underWay.remove(request);
        }

        @Override
        public void consultFailed(UpstreamFailure failure) {
            underWay.remove(request);
        }
    }
}
