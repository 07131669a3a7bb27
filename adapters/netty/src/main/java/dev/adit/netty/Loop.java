package dev.adit.netty;

import dev.adit.Gateway;
import dev.adit.balancer.ConnectionPermit;
import dev.adit.balancer.Endpoint;
import dev.adit.exchange.Opening;
import dev.adit.exchange.TransportLimits;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.exchange.UpstreamRequest;
import dev.adit.route.Protocol;
import dev.adit.wire.MessageLimits;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.DateFormatter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * What the connections of one event loop share: clock, timeouts, kept upstream connections, scratch memory. A request
 * never leaves its loop, so nothing here is locked; but for {@link #drain} and {@link #closeNow}, call on the loop's thread.
 *
 * <p>Timeouts need no timer per request: a connection writes down a deadline, and a tick looks at every connection.
 */
final class Loop {
    /** Nanoseconds between two looks at the timeouts: a timeout fires at most this much late. */
    static final long TICK = TimeUnit.MILLISECONDS.toNanos(100);

    private static final System.Logger LOG = System.getLogger(Loop.class.getName());

    final EventLoop eventLoop;
    final Gateway gateway;
    final TransportLimits limits;
    final MessageLimits messageLimits;
    final ByteBufAllocator allocator;
    final HeadWriter heads = new HeadWriter(this);
    final Http2HeadWriter http2Heads = new Http2HeadWriter(this);
    final UpstreamPool pool;
    final Http2UpstreamPool http2Pool = new Http2UpstreamPool(this);
    final UpstreamConnector connector;
    final Mirrors mirrors = new Mirrors(this);

    private final List<LoopMember> members = new ArrayList<>();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private int clients;
    private boolean ticking;
    private boolean draining;
    private long now;
    private long dateSecond = -1;
    private byte[] date = new byte[0];

    /** @param handshakes runs what the TLS of upstream connections has to calculate */
    Loop(
            EventLoop eventLoop,
            Gateway gateway,
            TransportLimits limits,
            ByteBufAllocator allocator,
            Executor handshakes) {
        this.eventLoop = eventLoop;
        this.gateway = gateway;
        this.limits = limits;
        this.messageLimits = MessageLimits.of(limits);
        this.allocator = allocator;
        this.pool = new UpstreamPool(limits.upstreamConnections());
        this.connector = new UpstreamConnector(this, handshakes);
    }

    /** Hands {@code listener} an upstream for {@code request}: one that stands already, unless a fresh one is asked for. */
    void open(UpstreamRequest request, boolean fresh, UpstreamConnector.Listener listener) {
        if (request.protocol().isHttp2()) {
            http2Pool.open(request, fresh, listener);
            return;
        }
        UpstreamConnection kept = fresh ? null : pool.take(request.endpoint(), request.protocol());
        if (kept == null) {
            connect(request, listener);
        } else {
            listener.connected(kept);
        }
    }

    /** Opens a connection for {@code request}, as soon as there may be one more. */
    Opening connect(UpstreamRequest request, UpstreamConnector.Listener listener) {
        Duration timeout = request.timeouts().connect();
        return connect(request.endpoint(), request.protocol(), timeout, request.permit(this), listener);
    }

    /** Opens a connection as soon as {@code asked} is granted. */
    Opening connect(
            Endpoint endpoint,
            Protocol protocol,
            Duration timeout,
            ConnectionPermit asked,
            UpstreamConnector.Listener listener) {
        long deadline = System.nanoTime() + timeout.toNanos();
        Opening opening = new Opening(
                asked,
                permit -> {
                    if (listener.isWaiting()) {
                        connector.connect(endpoint, protocol, deadline, permit, listener);
                    } else {
                        permit.close();
                    }
                },
                () -> listener.connectFailed(UpstreamFailure.Kind.NO_ROOM, "no room for a connection in time"));
        if (opening.begin(eventLoop)) {
            eventLoop.schedule(opening::late, timeout.toNanos(), TimeUnit.NANOSECONDS);
        }
        return opening;
    }

    /** When {@code wait} from now is over, on the clock that {@link LoopMember#tick} gets; it stands still without members. */
    long after(Duration wait) {
        return now + TICK + wait.toNanos();
    }

    boolean draining() {
        return draining;
    }

    /** Starts to watch over {@code member}. */
    void add(LoopMember member) {
        member.slot = members.size();
        members.add(member);
        clients += member.isClient() ? 1 : 0;
        if (!ticking) {
            ticking = true;
            now = System.nanoTime();
            eventLoop.schedule(this::tick, TICK, TimeUnit.NANOSECONDS);
        }
    }

    /** Stops to watch over {@code member}; does nothing if that has happened. */
    void remove(LoopMember member) {
        if (member.slot < 0) {
            return;
        }
        LoopMember last = members.remove(members.size() - 1);
        if (last != member) {
            members.set(member.slot, last);
            last.slot = member.slot;
        }
        member.slot = -1;
        clients -= member.isClient() ? 1 : 0;
        completeDrain();
    }

    private void tick() {
        now = System.nanoTime();
        // Backwards: a member that leaves is replaced by one that was seen already.
        for (int i = members.size() - 1; i >= 0; i--) {
            if (i < members.size()) {
                watch(members.get(i));
            }
        }
        ticking = !members.isEmpty();
        if (ticking) {
            eventLoop.schedule(this::tick, TICK, TimeUnit.NANOSECONDS);
        }
    }

    private void watch(LoopMember member) {
        try {
            member.tick(now);
        } catch (RuntimeException e) {
            // The timeouts of the others must go on.
            LOG.log(System.Logger.Level.ERROR, "a connection's timeouts failed because of a defect", e);
            member.closeNow();
        }
    }

    /** The value of a {@code Date} field, as of now (RFC 9110 section 6.6.1). */
    byte[] date() {
        long second = System.currentTimeMillis() / 1000;
        if (second != dateSecond) {
            dateSecond = second;
            date = DateFormatter.format(new Date(second * 1000)).getBytes(StandardCharsets.US_ASCII);
        }
        return date;
    }

    /** Lets every client finish; the future completes when the last one is gone. */
    CompletableFuture<Void> drain() {
        eventLoop.execute(() -> {
            draining = true;
            for (LoopMember member : List.copyOf(members)) {
                member.drain();
            }
            completeDrain();
        });
        return drained;
    }

    /** Closes every connection. */
    void closeNow() {
        eventLoop.execute(() -> {
            draining = true;
            for (LoopMember member : List.copyOf(members)) {
                member.closeNow();
            }
            connector.close();
        });
    }

    private void completeDrain() {
        if (draining && clients == 0) {
            drained.complete(null);
        }
    }
}
