package dev.adit.standalone;

import dev.adit.GatewayListener;
import dev.adit.balancer.Endpoint;
import dev.adit.exchange.Exchange;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Logs which endpoints are not asked because their certificates are not trusted, and why: each reason once a minute, however many requests
 * fail for it. Safe for any number of threads.
 */
final class DistrustLog implements GatewayListener {
    private static final System.Logger LOG = System.getLogger(DistrustLog.class.getName());
    private static final long PAUSE = Duration.ofMinutes(1).toNanos();

    /** So many reasons are remembered; of more, the oldest is told again too soon. */
    private static final int REMEMBERED = 1_000;

    private record Reason(String route, Endpoint endpoint, String why) {}

    private final LongSupplier nanoTime;
    /** When which reason was told last. */
    private final Map<Reason, Long> told = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Reason, Long> eldest) {
            return size() > REMEMBERED;
        }
    };

    DistrustLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public void distrusted(Exchange exchange, Endpoint endpoint, String why) {
        String ingress = exchange.route() == null ? "" : exchange.route().ingress();
        if (isNew(new Reason(ingress, endpoint, why))) {
            String by = ingress.isEmpty() ? "" : " by Ingress " + ingress;
            LOG.log(Level.WARNING, "endpoint " + endpoint + " is not trusted" + by + ": " + why);
        }
    }

    private synchronized boolean isNew(Reason reason) {
        long now = nanoTime.getAsLong();
        Long last = told.get(reason);
        if (last != null && now - last < PAUSE) {
            return false;
        }
        told.remove(reason);
        told.put(reason, now);
        return true;
    }
}
