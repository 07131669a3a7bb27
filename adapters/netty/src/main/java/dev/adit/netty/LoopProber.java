package dev.adit.netty;

import dev.adit.exchange.ConsultAnswer;
import dev.adit.exchange.Probe;
import dev.adit.exchange.Prober;
import dev.adit.exchange.UpstreamFailure;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Sends the probes of health checks on one event loop. */
final class LoopProber implements Prober {
    private final Loop loop;

    LoopProber(Loop loop) {
        this.loop = loop;
    }

    @Override
    public void after(Duration delay, Runnable task) {
        if (!loop.eventLoop.isShuttingDown()) {
            loop.eventLoop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void send(Probe probe) {
        if (probe.onlyConnects()) {
            loop.open(probe, true, new Connecting(probe));
            return;
        }
        SubRequest request = new SubRequest(loop, probe, null, 0, new Asking(probe));
        request.start(true);
        // An answer that never ends must not outlive its probe.
        after(probe.timeouts().read(), request::cancel);
    }

    private record Connecting(Probe probe) implements UpstreamConnector.Listener {
        @Override
        public void connected(UpstreamSide upstream) {
            upstream.giveUp();
            probe.connected();
        }

        @Override
        public void connectFailed(UpstreamFailure.Kind kind, String detail) {
            probe.failed(new UpstreamFailure(kind, false, false, false, detail));
        }
    }

    private record Asking(Probe probe) implements SubRequest.Listener {
        @Override
        public void answered(ConsultAnswer answer) {
            probe.answered(answer);
        }

        @Override
        public void failed(UpstreamFailure failure) {
            probe.failed(failure);
        }
    }
}
