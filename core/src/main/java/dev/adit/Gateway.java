package dev.adit;

import dev.adit.exchange.ClientConnection;
import dev.adit.exchange.Exchange;
import dev.adit.exchange.RequestHead;
import dev.adit.manifest.ResourceSet;
import dev.adit.policy.Settings;
import dev.adit.route.RouteTable;
import dev.adit.tls.Identity;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The gateway: compiles resource sets into a route table and opens exchanges on it. Safe for any number of threads. */
public final class Gateway {
    /** A builder with default settings. */
    public static Builder builder() {
        throw new UnsupportedOperationException();
    }

    /** Compiles {@code resources} and serves new requests from the result. Requests under way stay on their table. */
    public Compilation update(ResourceSet resources) {
        throw new UnsupportedOperationException();
    }

    /** The result of the last update. */
    public Compilation compilation() {
        throw new UnsupportedOperationException();
    }

    /** The table as of now. */
    public RouteTable table() {
        throw new UnsupportedOperationException();
    }

    /** The settings. */
    public Settings settings() {
        throw new UnsupportedOperationException();
    }

    /** Describes a client's connection; make it once per connection. */
    public ClientConnection connection(String peerAddress, boolean secure, int localPort, @Nullable String serverName) {
        throw new UnsupportedOperationException();
    }

    /** Opens an exchange on the table as of now. It must be closed. */
    public Exchange open(ClientConnection connection, RequestHead request) {
        throw new UnsupportedOperationException();
    }

    /** Collects settings. */
    public static final class Builder {
        /** Default: {@link Settings#DEFAULT}. */
        public Builder settings(Settings settings) {
            throw new UnsupportedOperationException();
        }

        /** Hears of updates and closed exchanges. May be called several times. */
        public Builder listener(GatewayListener listener) {
            throw new UnsupportedOperationException();
        }

        /** What TLS clients get for names without a certificate, unless a Secret is configured for that. */
        public Builder defaultIdentity(Identity identity) {
            throw new UnsupportedOperationException();
        }

        /** Default: ThreadLocalRandom. */
        public Builder random(RandomGenerator random) {
            throw new UnsupportedOperationException();
        }

        /** A monotonic clock, in nanoseconds. Default: System.nanoTime. */
        public Builder nanoTime(LongSupplier nanoTime) {
            throw new UnsupportedOperationException();
        }

        /** The first resources. Default: none. */
        public Builder resources(ResourceSet resources) {
            throw new UnsupportedOperationException();
        }

        /** The gateway. */
        public Gateway build() {
            throw new UnsupportedOperationException();
        }
    }
}
