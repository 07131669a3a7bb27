package dev.adit.balancer;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the endpoints of a pool are asked, besides their requests, whether they are up (active health checks). An endpoint
 * is taken for up until it was found otherwise. Who asks is said in {@link HealthChecks}.
 *
 * @param how what is asked
 * @param interval from one probe of an endpoint to the next; positive
 * @param timeout how long a probe may take as a whole; positive, at most {@code interval}
 * @param healthy so many probes in a row must pass for an endpoint that is down to be up; positive
 * @param unhealthy so many probes in a row must fail for an endpoint that is up to be down; positive
 * @param jitter by how much of the interval, 0 to 1, chance makes it shorter or longer: replicas that started together
 *     must not ask together. Half of it goes either way
 * @param via what else must be known to connect, such as whom to trust, or null for nothing; here it only tells one check from another
 */
public record HealthCheck(
        Way how,
        Duration interval,
        Duration timeout,
        int healthy,
        int unhealthy,
        double jitter,
        @Nullable Object via) {
    /** What an endpoint is asked. */
    public sealed interface Way {
        /** Whether it takes connections. */
        record Tcp() implements Way {}

        /**
         * How it answers GET.
         *
         * @param secure whether it is asked over TLS, whatever its certificate if {@link HealthCheck#via} says nothing
         * @param host the Host that is asked for; empty for the endpoint's address
         * @param path the path, with a query if one is wanted; begins with a slash
         * @param statuses the statuses that pass; empty for 200 to 399, as for probes of a kubelet
         */
        record Http(boolean secure, String host, String path, Set<Integer> statuses) implements Way {
            public Http {
                Objects.requireNonNull(host);
                statuses = Set.copyOf(statuses);
                if (!path.startsWith("/")) {
                    throw new IllegalArgumentException("a path begins with a slash, unlike " + path);
                }
                if (!statuses.stream().allMatch(status -> status >= 200 && status <= 599)) {
                    throw new IllegalArgumentException("a status is 200 to 599");
                }
            }

            /** Whether an answer of {@code status} passes. */
            public boolean passes(int status) {
                return statuses.isEmpty() ? status >= 200 && status <= 399 : statuses.contains(status);
            }
        }

        /**
         * How it answers {@code grpc.health.v1.Health/Check}; nothing but SERVING passes.
         *
         * @param secure whether it is asked over TLS, whatever its certificate if {@link HealthCheck#via} says nothing
         * @param host the authority that is asked for; empty for the endpoint's address
         * @param service the service that is asked about, of at most 127 characters of ASCII; empty for the server as a
         *     whole
         */
        record Grpc(boolean secure, String host, String service) implements Way {
            public Grpc {
                Objects.requireNonNull(host);
                if (service.length() > 127 || !service.chars().allMatch(c -> c < 128)) {
                    throw new IllegalArgumentException("a service has a short name of ASCII");
                }
            }
        }
    }

    public HealthCheck {
        Objects.requireNonNull(how);
        if (interval.isZero() || interval.isNegative() || timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("interval and timeout are positive");
        }
        if (timeout.compareTo(interval) > 0) {
            throw new IllegalArgumentException("the timeout is at most the interval");
        }
        if (healthy < 1 || unhealthy < 1 || !(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("a threshold is positive, and jitter 0 to 1");
        }
    }

    /** A check that needs nothing else to connect. */
    public HealthCheck(Way how, Duration interval, Duration timeout, int healthy, int unhealthy, double jitter) {
        this(how, interval, timeout, healthy, unhealthy, jitter, null);
    }

    private static HealthCheck standard(Way how) {
        return new HealthCheck(how, Duration.ofSeconds(10), Duration.ofSeconds(2), 2, 3, 0.2);
    }

    /** Whether it takes connections: every 10 s, within 2 s, down after 3 failures, up after 2. */
    public static HealthCheck tcp() {
        return standard(new Way.Tcp());
    }

    /** Whether it answers GET for {@code path} by 200 to 399; as often as {@link #tcp}. */
    public static HealthCheck http(String path) {
        return standard(new Way.Http(false, "", path, Set.of()));
    }

    /** Whether it says by gRPC that {@code service} is serving; as often as {@link #tcp}. */
    public static HealthCheck grpc(String service) {
        return standard(new Way.Grpc(false, "", service));
    }

    /** The same asked otherwise. */
    public HealthCheck withHow(Way value) {
        return new HealthCheck(value, interval, timeout, healthy, unhealthy, jitter, via);
    }

    /** The same at another pace. */
    public HealthCheck withTimes(Duration newInterval, Duration newTimeout) {
        return new HealthCheck(how, newInterval, newTimeout, healthy, unhealthy, jitter, via);
    }

    /** The same with other thresholds. */
    public HealthCheck withThresholds(int newHealthy, int newUnhealthy) {
        return new HealthCheck(how, interval, timeout, newHealthy, newUnhealthy, jitter, via);
    }

    /** The same with other jitter. */
    public HealthCheck withJitter(double value) {
        return new HealthCheck(how, interval, timeout, healthy, unhealthy, value, via);
    }

    /** The same for somebody who connects in another way. */
    public HealthCheck withVia(@Nullable Object value) {
        return new HealthCheck(how, interval, timeout, healthy, unhealthy, jitter, value);
    }
}
