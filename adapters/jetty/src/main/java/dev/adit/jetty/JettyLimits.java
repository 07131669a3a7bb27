package dev.adit.jetty;

import dev.adit.wire.MessageLimits;
import java.time.Duration;
import java.util.Objects;

/**
 * What a client or an upstream may cost. Sizes are bytes; every value must be positive. Immutable.
 *
 * @param requestLineBytes longest request line, or status line of an upstream; longer: 414
 * @param headerBytes longest block of header fields, or of trailer fields; longer: 431
 * @param headerFields most header fields, or trailer fields; more: 431
 * @param streams most HTTP/2 requests at a time on one client connection
 * @param tlsHandshake until a TLS handshake is complete
 * @param headerRead from the first byte of a request head, or from accepting the connection, to the head's end
 * @param bodyRead between two reads of a request's body
 * @param send between two writes that make progress, of an answer to its client
 * @param idle how long a client's connection is kept between two requests
 * @param linger how long a client may read the last answer while the rest of its request is thrown away
 * @param tunnelIdle how long a tunnel (after 101) may be silent
 * @param upstreamIdle how long an upstream connection is kept unused
 * @param upstreamConnections most unused connections kept for one endpoint
 */
public record JettyLimits(
        int requestLineBytes,
        int headerBytes,
        int headerFields,
        int streams,
        Duration tlsHandshake,
        Duration headerRead,
        Duration bodyRead,
        Duration send,
        Duration idle,
        Duration linger,
        Duration tunnelIdle,
        Duration upstreamIdle,
        int upstreamConnections) {

    /** 8 KiB, 64 KiB, 200 fields, 100 streams; handshake and head 10 s, body, send and idle 60 s, linger 5 s, tunnels 1 h. */
    public static final JettyLimits DEFAULT = new JettyLimits(
            8 << 10,
            64 << 10,
            200,
            100,
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofHours(1),
            Duration.ofSeconds(60),
            1024);

    public JettyLimits {
        if (requestLineBytes < 1 || headerBytes < 1 || headerFields < 1 || streams < 1 || upstreamConnections < 1) {
            throw new IllegalArgumentException("a limit must be positive");
        }
        for (Duration time :
                new Duration[] {tlsHandshake, headerRead, bodyRead, send, idle, linger, tunnelIdle, upstreamIdle}) {
            if (Objects.requireNonNull(time).isNegative() || time.isZero()) {
                throw new IllegalArgumentException("a limit must be positive");
            }
        }
    }

    MessageLimits ofMessage() {
        return new MessageLimits(requestLineBytes, headerBytes, headerFields);
    }

    /** A builder that starts with these values. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Changes some of the limits; not thread-safe. Each method is named like the component it sets. */
    public static final class Builder {
        private int requestLineBytes;
        private int headerBytes;
        private int headerFields;
        private int streams;
        private Duration tlsHandshake;
        private Duration headerRead;
        private Duration bodyRead;
        private Duration send;
        private Duration idle;
        private Duration linger;
        private Duration tunnelIdle;
        private Duration upstreamIdle;
        private int upstreamConnections;

        private Builder(JettyLimits limits) {
            requestLineBytes = limits.requestLineBytes;
            headerBytes = limits.headerBytes;
            headerFields = limits.headerFields;
            streams = limits.streams;
            tlsHandshake = limits.tlsHandshake;
            headerRead = limits.headerRead;
            bodyRead = limits.bodyRead;
            send = limits.send;
            idle = limits.idle;
            linger = limits.linger;
            tunnelIdle = limits.tunnelIdle;
            upstreamIdle = limits.upstreamIdle;
            upstreamConnections = limits.upstreamConnections;
        }

        public Builder requestLineBytes(int bytes) {
            requestLineBytes = bytes;
            return this;
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

        public Builder tlsHandshake(Duration time) {
            tlsHandshake = time;
            return this;
        }

        public Builder headerRead(Duration time) {
            headerRead = time;
            return this;
        }

        public Builder bodyRead(Duration time) {
            bodyRead = time;
            return this;
        }

        public Builder send(Duration time) {
            send = time;
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
                    requestLineBytes,
                    headerBytes,
                    headerFields,
                    streams,
                    tlsHandshake,
                    headerRead,
                    bodyRead,
                    send,
                    idle,
                    linger,
                    tunnelIdle,
                    upstreamIdle,
                    upstreamConnections);
        }
    }
}
