package dev.adit.tck;

import dev.adit.GatewayListener;
import dev.adit.exchange.Exchange;
import dev.adit.exchange.Outcome;
import dev.adit.exchange.PassedConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** What a gateway told about its exchanges, and about connections that it passed through, since the case began; the outcomes are without the neighbour's. */
final class Exchanges implements GatewayListener {
    private final Set<Exchange> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Outcome> outcomes = new ArrayList<>();
    /** In words of the script: how each ended, and the bytes of either side. */
    private final List<String> passed = new ArrayList<>();

    private final List<String> unexpected = new ArrayList<>();
    /** Nobody waits before the first case begins. */
    private Moment moment = new Moment(Duration.ZERO);

    /** Begins a case. */
    synchronized void begin(Moment now) {
        moment = now;
        outcomes.clear();
        passed.clear();
        unexpected.clear();
    }

    @Override
    public void opened(Exchange exchange) {
        synchronized (this) {
            open.add(exchange);
        }
    }

    @Override
    public void closed(Exchange exchange, Outcome outcome) {
        Moment now;
        synchronized (this) {
            if (!open.remove(exchange)) {
                unexpected.add("an exchange was closed that was not open: " + exchange);
            }
            if (!exchange.host().equals(Manifest.NEIGHBOUR)) {
                outcomes.add(outcome);
            }
            now = moment;
        }
        now.changed();
    }

    @Override
    public void passed(PassedConnection connection) {
        Moment now;
        synchronized (this) {
            passed.add(connection.end() + " " + connection.clientBytes() + " " + connection.upstreamBytes());
            now = moment;
        }
        now.changed();
    }

    /** Waits until a connection that was passed through has ended. */
    List<String> awaitPassed() {
        moment().await("the end of what was passed through", () -> !passed().isEmpty());
        return passed();
    }

    private synchronized List<String> passed() {
        return List.copyOf(passed);
    }

    /** Waits until that many exchanges ended. */
    List<Outcome> awaitOutcomes(int count) {
        moment().await("the end of " + count + " exchanges", () -> outcomes().size() >= count);
        return outcomes();
    }

    /** Waits until no exchange is open. */
    void awaitAllClosed() {
        moment().await("the end of every exchange", this::noneOpen);
        synchronized (this) {
            if (!unexpected.isEmpty()) {
                throw new AssertionError(String.join("\n", unexpected));
            }
        }
    }

    private synchronized Moment moment() {
        return moment;
    }

    private synchronized boolean noneOpen() {
        return open.isEmpty();
    }

    synchronized List<Outcome> outcomes() {
        return List.copyOf(outcomes);
    }
}
