package dev.adit.standalone;

import dev.adit.balancer.BalancerListener;
import dev.adit.balancer.Endpoint;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Locale;

/** Logs what becomes of endpoints besides what the manifests say. */
final class EndpointLog implements BalancerListener {
    private static final System.Logger LOG = System.getLogger(EndpointLog.class.getName());

    @Override
    public void ejected(Endpoint endpoint, Cause cause, Duration time) {
        LOG.log(
                Level.WARNING,
                "endpoint " + endpoint + " is left out for " + time.toMillis() + " ms: "
                        + cause.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }

    @Override
    public void restored(Endpoint endpoint) {
        LOG.log(Level.INFO, "endpoint " + endpoint + " is tried again");
    }

    @Override
    public void marked(Endpoint endpoint, boolean up, String detail) {
        LOG.log(up ? Level.INFO : Level.WARNING, "endpoint " + endpoint + (up ? " is up: " : " is down: ") + detail);
    }
}
