package dev.adit.jetty;

import java.time.Duration;
import java.util.Objects;

/**
 * What a client or an upstream may cost. Sizes are bytes; every value must be positive. Immutable.
 *
 * @param headerBytes longest head of a message, its first line among it; longer: 431, or 414 if the line alone is
 * @param headerFields most header fields of a request; more: 431
 * @param streams most HTTP/2 requests at a time on one client connection
 * @param idle how long a client's connection may be silent, in a request and between two
 * @param linger how long a client may read the last answer while the rest of its request is thrown away
 * @param tunnelIdle how long a tunnel (after 101) may be silent
 * @param upstreamIdle how long an upstream connection is kept unused
 * @param upstreamConnections most connections to one endpoint, tunnels not counted; requests beyond wait for one
 */
public record JettyLimits(
        int headerBytes,
        int headerFields,
        int streams,
        Duration idle,
        Duration linger,
        Duration tunnelIdle,
        Duration upstreamIdle,
        int upstreamConnections) {

    /** 64 KiB, 200 fields, 100 streams; idle 60 s, linger 5 s, tunnels 1 h, upstreams 60 s and 1024 connections. */
    public static final JettyLimits DEFAULT = new JettyLimits(
            64 << 10,
            200,
            100,
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofHours(1),
            Duration.ofSeconds(60),
            1024);

    public JettyLimits {
        if (headerBytes < 1 || headerFields < 1 || streams < 1 || upstreamConnections < 1) {
            throw new IllegalArgumentException("a limit must be positive");
        }
        for (Duration time : new Duration[] {idle, linger, tunnelIdle, upstreamIdle}) {
            if (Objects.requireNonNull(time).isNegative() || time.isZero()) {
                throw new IllegalArgumentException("a limit must be positive");
            }
        }
    }

    /** A builder that starts with these values. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Changes some of the limits; not thread-safe. Each method is named like the component it sets. */
    public static final class Builder {
        private int headerBytes;
        private int headerFields;
        private int streams;
        private Duration idle;
        private Duration linger;
        private Duration tunnelIdle;
        private Duration upstreamIdle;
        private int upstreamConnections;

        private Builder(JettyLimits limits) {
            headerBytes = limits.headerBytes;
            headerFields = limits.headerFields;
            streams = limits.streams;
            idle = limits.idle;
            linger = limits.linger;
            tunnelIdle = limits.tunnelIdle;
            upstreamIdle = limits.upstreamIdle;
            upstreamConnections = limits.upstreamConnections;
        }

        public Builder headerBytes(int bytes) {
            headerBytes = bytes;
            return this;
        }

        public Builder headerFields(int fields) {
            headerFields = fields;
            return this;
        }

        public Builder streams(int streams) {
            this.streams = streams;
            return this;
        }

        public Builder idle(Duration time) {
            idle = time;
            return this;
        }

        public Builder linger(Duration time) {
            linger = time;
            return this;
        }

        public Builder tunnelIdle(Duration time) {
            tunnelIdle = time;
            return this;
        }

        public Builder upstreamIdle(Duration time) {
            upstreamIdle = time;
            return this;
        }

        public Builder upstreamConnections(int connections) {
            upstreamConnections = connections;
            return this;
        }

        /** The limits. @throws IllegalArgumentException if one is not positive */
        public JettyLimits build() {
            return new JettyLimits(
                    headerBytes, headerFields, streams, idle, linger, tunnelIdle, upstreamIdle, upstreamConnections);
        }
    }
}
