package dev.adit.jetty;

import dev.adit.exchange.ConsultAnswer;
import dev.adit.exchange.Probe;
import dev.adit.exchange.Prober;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.exchange.UpstreamFailure.Kind;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Sends the probes of health checks. */
final class EngineProber implements Prober {
    private final Engine engine;

    EngineProber(Engine engine) {
        this.engine = engine;
    }

    @Override
    public void after(Duration delay, Runnable task) {
        engine.upstreams.scheduler.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void send(Probe probe) {
        if (probe.onlyConnects()) {
            engine.upstreams.open(probe, true, new Connecting(probe));
            return;
        }
        SubRequest request = new SubRequest(engine, probe, probe.body(), probe.answerLimit(), new Asking(probe));
        request.start(probe.closes());
        // An answer that never ends must not outlive its probe.
        after(probe.timeouts().read(), request::cancel);
    }

    private record Connecting(Probe probe) implements Upstreams.Listener {
        @Override
        public void connected(UpstreamSide upstream) {
            upstream.discard();
            probe.connected();
        }

        @Override
        public void connectFailed(Kind kind, String detail) {
            probe.connectFailed(kind, detail);
        }
    }

    private record Asking(Probe probe) implements SubRequest.Listener {
        @Override
        public void answered(SubRequest from, ConsultAnswer answer) {
            probe.answered(answer);
        }

        @Override
        public void failed(SubRequest from, UpstreamFailure failure) {
            probe.failed(failure);
        }
    }
}
