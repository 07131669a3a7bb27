package dev.adit.tck;

import dev.adit.exchange.TransportLimits;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * What a transport is started with: the limits it must keep. Sizes are bytes.
 *
 * @param requestLineBytes longest request line; longer is answered 414
 * @param headerBytes longest block of header fields or trailer fields; longer is answered 431
 * @param headerFields most header fields or trailer fields; more are answered 431
 * @param handshakes most TLS handshakes of one address at a time; connections beyond that are closed
 * @param tlsHandshake how long a TLS handshake may take; its connection is closed
 * @param headerRead how long the head of a request may take; longer is answered 408 once its first byte is there
 * @param bodyRead how long a request's body may pause; longer is answered 408
 * @param idle how long a client's connection is kept between two requests
 * @param linger how long what is left of a request is read after its answer
 * @param upstreamIdle how long an unused upstream connection is kept
 * @param tunnelIdle how long a tunnel may be silent
 */
public record TckOptions(
        int requestLineBytes,
        int headerBytes,
        int headerFields,
        int handshakes,
        Duration tlsHandshake,
        Duration headerRead,
        Duration bodyRead,
        Duration idle,
        Duration linger,
        Duration upstreamIdle,
        Duration tunnelIdle) {

    /** 8 KiB, 64 KiB, 200 fields, 1000 handshakes, and times that no case waits for. */
    public static final TckOptions DEFAULT = new TckOptions(
            8 << 10,
            64 << 10,
            200,
            1000,
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1));

    /** The same, for transports that keep core's limits; what these have beyond them is as usual. */
    public TransportLimits limits() {
        return TransportLimits.DEFAULT.toBuilder()
                .requestLineBytes(requestLineBytes)
                .headerBytes(headerBytes)
                .headerFields(headerFields)
                .handshakes(handshakes)
                .tlsHandshake(tlsHandshake)
                .headerRead(headerRead)
                .bodyRead(bodyRead)
                .idle(idle)
                .linger(linger)
                .upstreamIdle(upstreamIdle)
                .tunnelIdle(tunnelIdle)
                .build();
    }

    /** These options with those of a case: {@code header-bytes=1000}, {@code idle=200ms}. */
    TckOptions with(Map<String, String> limits) {
        Map<String, String> all = new HashMap<>(toMap());
        limits.forEach((key, value) -> {
            if (all.replace(key, value) == null) {
                throw new IllegalArgumentException("no limit: " + key);
            }
        });
        Function<String, String> text = key -> all.getOrDefault(key, "");
        Function<String, Integer> size = text.andThen(Integer::valueOf);
        Function<String, Duration> time = text.andThen(ms -> Duration.ofMillis(Long.parseLong(ms.replace("ms", ""))));
        return new TckOptions(
                size.apply("request-line-bytes"),
                size.apply("header-bytes"),
                size.apply("header-fields"),
                size.apply("handshakes"),
                time.apply("tls-handshake"),
                time.apply("header-read"),
                time.apply("body-read"),
                time.apply("idle"),
                time.apply("linger"),
                time.apply("upstream-idle"),
                time.apply("tunnel-idle"));
    }

    private Map<String, String> toMap() {
        return Map.ofEntries(
                Map.entry("handshakes", Integer.toString(handshakes)),
                Map.entry("tls-handshake", tlsHandshake.toMillis() + "ms"),
                Map.entry("request-line-bytes", Integer.toString(requestLineBytes)),
                Map.entry("header-bytes", Integer.toString(headerBytes)),
                Map.entry("header-fields", Integer.toString(headerFields)),
                Map.entry("header-read", headerRead.toMillis() + "ms"),
                Map.entry("body-read", bodyRead.toMillis() + "ms"),
                Map.entry("idle", idle.toMillis() + "ms"),
                Map.entry("linger", linger.toMillis() + "ms"),
                Map.entry("upstream-idle", upstreamIdle.toMillis() + "ms"),
                Map.entry("tunnel-idle", tunnelIdle.toMillis() + "ms"));
    }
}
