package dev.adit.jetty;

import dev.adit.Gateway;
import dev.adit.exchange.TransportLimits;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.util.thread.Scheduler;

/** What the exchanges of one handler share. */
final class Engine {
    final Gateway gateway;
    final TransportLimits limits;
    final Upstreams upstreams;
    final Mirrors mirrors;
    final EngineProber prober;
    private volatile boolean stopping;

    Engine(Gateway gateway, TransportLimits limits, Executor executor, Scheduler scheduler, ByteBufferPool buffers) {
        this.gateway = gateway;
        this.limits = limits;
        this.upstreams = new Upstreams(limits, executor, scheduler, buffers);
        this.mirrors = new Mirrors(this);
        this.prober = new EngineProber(this);
    }

    /** Requests under way may end; the answers to them are the last ones on their connections. */
    void drain() {
        upstreams.drain();
    }

    boolean isDraining() {
        return upstreams.isDraining();
    }

    /** What ends from now on ends because of us. */
    void stop() {
        stopping = true;
    }

    boolean isStopping() {
        return stopping;
    }
}
