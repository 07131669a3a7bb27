package dev.adit.netty;

import dev.adit.exchange.ConsultAnswer;
import dev.adit.exchange.Probe;
import dev.adit.exchange.Prober;
import dev.adit.exchange.UpstreamFailure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

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
        SubRequest request = new SubRequest(loop, probe, body(probe), probe.answerLimit(), new Asking(probe));
        request.start(probe.closes());
        // An answer that never ends must not outlive its probe.
        after(probe.timeouts().read(), request::cancel);
    }

    private static @Nullable ByteBuf body(Probe probe) {
        ByteBuffer body = probe.body();
        return body == null ? null : Unpooled.wrappedBuffer(body);
    }

    private record Connecting(Probe probe) implements UpstreamConnector.Listener {
        @Override
        public void connected(UpstreamSide upstream) {
            upstream.giveUp();
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
        public void failed(UpstreamFailure failure) {
            probe.failed(failure);
        }
    }
}
