package dev.adit.exchange;

import java.time.Duration;
import java.util.Objects;

/**
 * What a client or an upstream may cost a transport; every transport keeps to these. Sizes are bytes; every value must be
 * positive. Immutable.
 *
 * @param requestLineBytes longest request line; longer: 414
 * @param headerBytes longest block of header fields, or of trailer fields; longer: 431, or 502 from an upstream
 * @param headerFields most header fields, or trailer fields; more: 431, or 502 from an upstream
 * @param streams most HTTP/2 requests at a time on one client connection
 * @param handshakes most TLS handshakes of one client address at a time; a connection beyond that is closed
 * @param tlsHandshake from a connection's first moment until its TLS handshake is complete, or, if its TLS is passed through, until its
 *     hello is; from then on other limits count
 * @param headerRead from the first byte of a request head to the head's end
 * @param bodyRead between two reads of a request's body
 * @param send between two writes that make progress, of an answer to its client
 * @param idle how long a client's connection is kept between two requests
 * @param linger how long a client may read the last answer while the rest of its request is thrown away
 * @param tunnelIdle how long a tunnel (after 101, or TLS that is passed through) may be silent
 * @param upstreamIdle how long an upstream connection is kept unused
 * @param upstreamConnections most unused connections kept for one endpoint, by each thread that keeps its own
 */
public record TransportLimits(
        int requestLineBytes,
        int headerBytes,
        int headerFields,
        int streams,
        int handshakes,
        Duration tlsHandshake,
        Duration headerRead,
        Duration bodyRead,
        Duration send,
        Duration idle,
        Duration linger,
        Duration tunnelIdle,
        Duration upstreamIdle,
        int upstreamConnections) {

    /**
     * 8 KiB, 64 KiB, 200 fields, 100 streams, 256 handshakes; handshake and head 10 s, body, send and idle 60 s, linger 5 s, tunnels 1 h, upstreams
     * 60 s and 320 connections.
     */
    public static final TransportLimits DEFAULT = new TransportLimits(
            8 << 10,
            64 << 10,
            200,
            100,
            256,
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofHours(1),
            Duration.ofSeconds(60),
            320);

    /** @throws IllegalArgumentException if one is not positive */
    public TransportLimits {
        if (requestLineBytes < 1
                || headerBytes < 1
                || headerFields < 1
                || streams < 1
                || handshakes < 1
                || upstreamConnections < 1) {
            throw new IllegalArgumentException("a limit must be positive");
        }
        for (Duration time :
                new Duration[] {tlsHandshake, headerRead, bodyRead, send, idle, linger, tunnelIdle, upstreamIdle}) {
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
        private int requestLineBytes;
        private int headerBytes;
        private int headerFields;
        private int streams;
        private int handshakes;
        private Duration tlsHandshake;
        private Duration headerRead;
        private Duration bodyRead;
        private Duration send;
        private Duration idle;
        private Duration linger;
        private Duration tunnelIdle;
        private Duration upstreamIdle;
        private int upstreamConnections;

        private Builder(TransportLimits limits) {
            requestLineBytes = limits.requestLineBytes;
            headerBytes = limits.headerBytes;
            headerFields = limits.headerFields;
            streams = limits.streams;
            handshakes = limits.handshakes;
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

        /** Sets {@link TransportLimits#requestLineBytes}. */
        public Builder requestLineBytes(int value) {
            requestLineBytes = value;
            return this;
        }

        /** Sets {@link TransportLimits#headerBytes}. */
        public Builder headerBytes(int value) {
            headerBytes = value;
            return this;
        }

        /** Sets {@link TransportLimits#headerFields}. */
        public Builder headerFields(int value) {
            headerFields = value;
            return this;
        }

        /** Sets {@link TransportLimits#streams}. */
        public Builder streams(int value) {
            streams = value;
            return this;
        }

        /** Sets {@link TransportLimits#handshakes}. */
        public Builder handshakes(int value) {
            handshakes = value;
            return this;
        }

        /** Sets {@link TransportLimits#tlsHandshake}. */
        public Builder tlsHandshake(Duration value) {
            tlsHandshake = value;
            return this;
        }

        /** Sets {@link TransportLimits#headerRead}. */
        public Builder headerRead(Duration value) {
            headerRead = value;
            return this;
        }

        /** Sets {@link TransportLimits#bodyRead}. */
        public Builder bodyRead(Duration value) {
            bodyRead = value;
            return this;
        }

        /** Sets {@link TransportLimits#send}. */
        public Builder send(Duration value) {
            send = value;
            return this;
        }

        /** Sets {@link TransportLimits#idle}. */
        public Builder idle(Duration value) {
            idle = value;
            return this;
        }

        /** Sets {@link TransportLimits#linger}. */
        public Builder linger(Duration value) {
            linger = value;
            return this;
        }

        /** Sets {@link TransportLimits#tunnelIdle}. */
        public Builder tunnelIdle(Duration value) {
            tunnelIdle = value;
            return this;
        }

        /** Sets {@link TransportLimits#upstreamIdle}. */
        public Builder upstreamIdle(Duration value) {
            upstreamIdle = value;
            return this;
        }

        /** Sets {@link TransportLimits#upstreamConnections}. */
        public Builder upstreamConnections(int value) {
            upstreamConnections = value;
            return this;
        }

        /** The limits. @throws IllegalArgumentException if one is not positive */
        public TransportLimits build() {
            return new TransportLimits(
                    requestLineBytes,
                    headerBytes,
                    headerFields,
                    streams,
                    handshakes,
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
