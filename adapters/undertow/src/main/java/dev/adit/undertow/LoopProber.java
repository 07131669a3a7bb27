package dev.adit.undertow;

import dev.adit.exchange.ConsultAnswer;
import dev.adit.exchange.Probe;
import dev.adit.exchange.Prober;
import dev.adit.exchange.UpstreamFailure;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Sends the probes of health checks on one IO thread. */
final class LoopProber implements Prober {
    private final Loop loop;
    /** Those that ask for an answer. Confined to the loop's thread. */
    private final Set<SubRequest> underWay = new HashSet<>();

    LoopProber(Loop loop) {
        this.loop = loop;
    }

    @Override
    public void after(Duration delay, Runnable task) {
        loop.ioThread.executeAfter(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void send(Probe probe) {
        if (probe.onlyConnects()) {
            loop.open(probe, true, new Connecting(probe));
            return;
        }
        SubRequest request = new SubRequest(loop, probe, probe.body(), probe.answerLimit(), new Asking(probe));
        underWay.add(request);
        request.start(probe.closes());
        // An answer that never ends must not outlive its probe.
        after(probe.timeouts().read(), () -> {
            underWay.remove(request);
            request.cancel();
        });
    }

    /** Gives up what is under way. Call on the loop's thread. */
    void close() {
        underWay.forEach(SubRequest::cancel);
        underWay.clear();
    }

    private record Connecting(Probe probe) implements UpstreamConnector.Listener {
        @Override
        public void connected(UpstreamConnection connection) {
            connection.close();
            probe.connected();
        }

        @Override
        public void connectFailed(UpstreamFailure.Kind kind, String detail) {
            probe.connectFailed(kind, detail);
        }
    }

    private record Asking(Probe probe) implements SubRequest.Listener {
        @Override
        public void answered(ConsultAnswer answer) {
            probe.answered(answer);
        }

        @Override
        public void consultFailed(UpstreamFailure failure) {
            probe.failed(failure);
        }
    }
}
