package dev.adit.undertow;

import dev.adit.exchange.Outcome;
import java.io.IOException;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/**
 * Two connections joined after 101, byte for byte.
 *
 * <pre>
 *   client connection ══Pump══▶ upstream connection
 *   client connection ◀══Pump══ upstream connection
 *
 *   end of input of one side ──▶ the other's output ends, after what was read; the other direction stays open
 *   both inputs ended, an error, or silence for too long ──▶ both closed, the exchange ends
 * </pre>
 */
final class Tunnel implements Loop.Member {
    private final Loop loop;
    private final StreamConnection client;
    private final StreamConnection upstream;
    private final ExchangeDriver driver;
    private final Pump up;
    private final Pump down;
    private final Patience silence = new Patience();
    private boolean closed;

    Tunnel(Loop loop, StreamConnection client, StreamConnection upstream, ExchangeDriver driver) {
        this.loop = loop;
        this.client = client;
        this.upstream = upstream;
        this.driver = driver;
        Pump.Listener direction = new Direction();
        up = new Pump(client.getSourceChannel(), upstream.getSinkChannel(), loop.buffers, direction);
        down = new Pump(upstream.getSourceChannel(), client.getSinkChannel(), loop.buffers, direction);
    }

    void start() {
        loop.add(this);
        up.start();
        if (!closed) {
            down.start();
        }
    }

    private final class Direction implements Pump.Listener {
        @Override
        public void sourceEnded() {
            // The pump ends the other side's output.
        }

        @Override
        public void pumped() {
            if (up.isStopped() && down.isStopped()) {
                close();
            }
        }

        @Override
        public void sourceFailed(IOException cause) {
            close();
        }

        @Override
        public void sinkFailed(IOException cause) {
            close();
        }
    }

    private void close() {
        if (!closed) {
            closed = true;
            up.stop();
            down.stop();
            IoUtils.safeClose(client, upstream);
            driver.end(Outcome.COMPLETED);
            loop.remove(this);
        }
    }

    @Override
    public void tick(long now) {
        boolean moved = up.takeProgress() | down.takeProgress();
        if (silence.exceeded(moved, loop.limits.tunnelIdle(), now)) {
            close();
        }
    }

    @Override
    public void closeNow() {
        driver.end(Outcome.CANCELLED);
        close();
    }
}
