package dev.adit.standalone;

import dev.adit.Gateway;
import dev.adit.jetty.JettyGateway;
import dev.adit.netty.NettyGateway;
import dev.adit.standalone.RunningGateway.Listeners;
import dev.adit.undertow.UndertowGateway;
import java.util.Locale;
import java.util.function.IntSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Who moves the bytes. */
enum Transport {
    NETTY {
        @Override
        Running start(Gateway gateway, Listeners listeners) {
            NettyGateway.Builder builder = NettyGateway.builder().gateway(gateway);
            if (listeners.bind() != null) {
                builder.bind(listeners.bind());
            }
            if (listeners.http() >= 0) {
                builder.http(listeners.http());
            }
            if (listeners.https() >= 0) {
                builder.https(listeners.https()).tlsEngine(listeners.tlsEngine());
                if (listeners.ticketKeys() != null) {
                    builder.ticketKeyFile(listeners.ticketKeys());
                }
            }
            NettyGateway started = builder.build().start();
            return new Running(started::httpPort, started::httpsPort, started::close);
        }
    },

    UNDERTOW {
        @Override
        Running start(Gateway gateway, Listeners listeners) {
            UndertowGateway.Builder builder = UndertowGateway.builder().gateway(gateway);
            if (listeners.bind() != null) {
                builder.bind(listeners.bind());
            }
            if (listeners.http() >= 0) {
                builder.http(listeners.http());
            }
            if (listeners.https() >= 0) {
                builder.https(listeners.https());
            }
            UndertowGateway started = builder.build().start();
            return new Running(started::httpPort, started::httpsPort, started::close);
        }
    },

    JETTY {
        /** Jetty tells of every step of its start; what is held here keeps its level. */
        private final Logger log = Logger.getLogger("org.eclipse.jetty");
        /** Jetty warns of every authority that it cannot read, and so would let clients fill the log. */
        private final Logger authorities = Logger.getLogger("org.eclipse.jetty.util.HostPort");

        @Override
        Running start(Gateway gateway, Listeners listeners) {
            log.setLevel(Level.WARNING);
            authorities.setLevel(Level.SEVERE);
            JettyGateway.Builder builder = JettyGateway.builder().gateway(gateway);
            if (listeners.bind() != null) {
                builder.bind(listeners.bind());
            }
            if (listeners.http() >= 0) {
                builder.http(listeners.http());
            }
            if (listeners.https() >= 0) {
                builder.https(listeners.https());
            }
            JettyGateway started = builder.build().start();
            return new Running(started::httpPort, started::httpsPort, started::close);
        }
    };

    /** A transport that listens. Ports are negative where it does not. */
    record Running(IntSupplier http, IntSupplier https, Runnable stop) implements AutoCloseable {
        int httpPort() {
            return http.getAsInt();
        }

        int httpsPort() {
            return https.getAsInt();
        }

        /** Lets requests under way finish for a while, and returns. */
        @Override
        public void close() {
            stop.run();
        }
    }

    abstract Running start(Gateway gateway, Listeners listeners);

    /** The value of {@code --transport}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
