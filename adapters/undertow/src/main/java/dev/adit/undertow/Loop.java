package dev.adit.undertow;

import dev.adit.Gateway;
import dev.adit.exchange.Opening;
import dev.adit.exchange.TransportLimits;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.exchange.UpstreamRequest;
import io.undertow.connector.ByteBufferPool;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.xnio.XnioIoThread;

/**
 * What belongs to one IO thread: its clients, what it is doing for them, its unused upstream connections, and the clock that
 * watches all of these. A request, its upstream connection and its timeouts stay on one such thread. Confined to it.
 */
final class Loop {
    /** Something that can be late, and can be told to end. */
    interface Member {
        /** Called several times a second. {@code now} is {@link System#nanoTime()}. */
        void tick(long now);

        /** Ends at once; leaves the loop before it returns. */
        void closeNow();
    }

    private static final long TICK_MILLIS = 200;

    final XnioIoThread ioThread;
    final Gateway gateway;
    final TransportLimits limits;
    final ByteBufferPool buffers;
    final UpstreamPool pool;
    final UpstreamConnector connector;
    final Mirrors mirrors = new Mirrors(this);
    final LoopProber prober = new LoopProber(this);
    private final Set<Member> members = new HashSet<>();
    private final Set<ClientLink> links = new HashSet<>();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private boolean ticking;
    private boolean draining;

    Loop(
            XnioIoThread ioThread,
            Gateway gateway,
            TransportLimits limits,
            ByteBufferPool buffers,
            UpstreamConnector connector) {
        this.ioThread = ioThread;
        this.gateway = gateway;
        this.limits = limits;
        this.buffers = buffers;
        this.connector = connector;
        this.pool = new UpstreamPool(limits);
    }

    void add(Member member) {
        members.add(member);
        startTicking();
    }

    void remove(Member member) {
        members.remove(member);
        checkDrained();
    }

    void add(ClientLink link) {
        links.add(link);
    }

    void remove(ClientLink link) {
        links.remove(link);
    }

    /** Hands {@code listener} a connection for {@code request}: one that stands already, unless a fresh one is asked for. */
    void open(UpstreamRequest request, boolean fresh, UpstreamConnector.Listener listener) {
        UpstreamConnection kept = fresh ? null : pool.take(request.endpoint(), request.protocol());
        if (kept != null) {
            listener.connected(kept);
            return;
        }
        long timeout = request.timeouts().connect().toNanos();
        long begun = System.nanoTime();
        Opening opening = new Opening(
                request,
                this,
                permit -> {
                    if (listener.isWaiting()) {
                        long left = timeout - (System.nanoTime() - begun);
                        connector.connect(this, request.endpoint(), request.protocol(), left, permit, listener);
                    } else {
                        permit.close();
                    }
                },
                () -> listener.connectFailed(UpstreamFailure.Kind.NO_ROOM, "no room for a connection in time"));
        if (opening.begin(ioThread)) {
            ioThread.executeAfter(opening::late, timeout, TimeUnit.NANOSECONDS);
        }
    }

    /** Somebody else needs to connect to the endpoint; a connection in use is closed when it is to be kept. */
    void reclaimed(UpstreamConnection connection) {
        if (pool.remove(connection)) {
            connection.close();
        }
    }

    /** Keeps a connection for the next request, if there is room. */
    void keep(UpstreamConnection connection) {
        if (draining || !pool.put(connection, System.nanoTime())) {
            connection.close();
        } else {
            startTicking();
        }
    }

    void startTicking() {
        if (!ticking) {
            ticking = true;
            ioThread.executeAfter(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void tick() {
        ticking = false;
        long now = System.nanoTime();
        for (Member member : List.copyOf(members)) {
            member.tick(now);
        }
        mirrors.tick(now);
        pool.evict(now);
        if (!members.isEmpty() || !pool.isEmpty() || !mirrors.isEmpty()) {
            startTicking();
        }
    }

    boolean draining() {
        return draining;
    }

    /** Lets what is under way finish. The result completes on this thread. */
    CompletableFuture<Void> drain() {
        ioThread.execute(() -> {
            draining = true;
            pool.close();
            new ArrayList<>(links).forEach(ClientLink::drain);
            checkDrained();
        });
        return drained;
    }

    private void checkDrained() {
        if (draining && members.isEmpty()) {
            drained.complete(null);
        }
    }

    /** Ends everything. The result completes on this thread. */
    CompletableFuture<Void> closeNow() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        ioThread.execute(() -> {
            draining = true;
            List.copyOf(members).forEach(Member::closeNow);
            mirrors.close();
            prober.close();
            pool.close();
            checkDrained();
            closed.complete(null);
        });
        return closed;
    }
}
