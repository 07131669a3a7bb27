package dev.adit.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.adit.balancer.CircuitLimits;
import dev.adit.balancer.HealthCheck;
import dev.adit.balancer.HealthCheck.Way;
import dev.adit.balancer.OutlierDetection;
import dev.adit.balancer.RetryBudget;
import dev.adit.balancer.SlowStart;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResilienceTest {
    /** {@code key=value; key=value}. */
    private static Map<String, String> options(String text) {
        Map<String, String> options = new LinkedHashMap<>();
        for (String option : text.split("; ")) {
            String[] parts = option.split("=", 2);
            options.put(parts[0], parts[1]);
        }
        return options;
    }

    private static Resilience of(String text) {
        return Resilience.NONE.with(options(text));
    }

    @Test
    void nothingIsSaidByNothing() {
        assertThat(Resilience.NONE.with(Map.of())).isEqualTo(Resilience.NONE);
    }

    @Test
    void everyOptionHasItsPlace() {
        Resilience all = of("health-check=https; health-check-path=/healthz?deep; health-check-host=web.test;"
                + " health-check-statuses=200-202,404; health-check-interval=5s; health-check-timeout=500ms;"
                + " health-check-healthy=4; health-check-unhealthy=5; health-check-jitter=10%; outlier-detection=on;"
                + " outlier-failures=7; slow-start=1m; max-requests=100; max-endpoint-requests=10;"
                + " max-endpoint-connections=20;"
                + " max-pending=5; pending-timeout=250ms; retry-budget=30%;"
                + " retry-budget-min=2");
        CircuitLimits limits = new CircuitLimits(100, 10, 5, Duration.ofMillis(250), 20);
        assertThat(all)
                .isEqualTo(new Resilience(
                        new HealthCheck(
                                new Way.Http(true, "web.test", "/healthz?deep", Set.of(200, 201, 202, 404)),
                                Duration.ofSeconds(5),
                                Duration.ofMillis(500),
                                4,
                                5,
                                0.1),
                        OutlierDetection.DEFAULT.withConsecutiveFailures(7),
                        new SlowStart(Duration.ofMinutes(1)),
                        limits,
                        new RetryBudget(0.3, 2)));
        assertThat(all.with(options("health-check-path=/other; retry-budget-min=4"))
                        .check()
                        .how())
                .as("what is not said stays")
                .isEqualTo(new Way.Http(true, "web.test", "/other", Set.of(200, 201, 202, 404)));
        assertThat(all.with(options("health-check=tcp")).check().how()).isEqualTo(new Way.Tcp());
        assertThat(of("health-check=grpcs; health-check-service=shop.Web; health-check-host=web.test")
                        .with(options("health-check-interval=5s"))
                        .check()
                        .how())
                .isEqualTo(new Way.Grpc(true, "web.test", "shop.Web"));
        assertThat(all.with(options("health-check=grpc")).check().how()).isEqualTo(new Way.Grpc(false, "", ""));
        Resilience none =
                all.with(options("health-check=off; outlier-detection=off; slow-start=off; retry-budget=off"));
        assertThat(none).isEqualTo(new Resilience(null, null, null, limits, null));
    }

    @Test
    void aShortIntervalShortensTheTimeout() {
        assertThat(of("health-check=tcp; health-check-interval=1").check().timeout())
                .isEqualTo(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "health-check=icmp | health-check",
                "health-check=tcp; health-check-path=/x | health-check-path",
                "health-check-path=/x | health-check-path",
                "health-check=http; health-check-service=x | health-check-service",
                "health-check=grpc; health-check-path=/x | health-check-path",
                "health-check=grpc; health-check-statuses=200 | health-check-statuses",
                "health-check=grpc; health-check-service=a b | health-check-service",
                "health-check=off; health-check-interval=1s | health-check-interval",
                "health-check=http; health-check-path=x | health-check-path",
                "health-check=http; health-check-path=/a b | health-check-path",
                "health-check=http; health-check-host=a/b | health-check-host",
                "health-check=http; health-check-statuses=100 | health-check-statuses",
                "health-check=http; health-check-statuses=300-200 | health-check-statuses",
                "health-check=http; health-check-statuses=2xx | health-check-statuses",
                "health-check=tcp; health-check-interval=0s | health-check-interval",
                "health-check=tcp; health-check-interval=25h | health-check-interval",
                "health-check=tcp; health-check-interval=-1s | health-check-interval",
                "health-check=tcp; health-check-interval=1s; health-check-timeout=2s | health-check-timeout",
                "health-check=tcp; health-check-healthy=0 | health-check-healthy",
                "health-check=tcp; health-check-unhealthy=x | health-check-unhealthy",
                "health-check=tcp; health-check-jitter=101% | health-check-jitter",
                "health-check=tcp; health-check-jitter=0.5 | health-check-jitter",
                "max-requests=0 | max-requests",
                "max-endpoint-requests=many | max-endpoint-requests",
                "max-endpoint-connections=0 | max-endpoint-connections",
                "outlier-detection=maybe | outlier-detection",
                "outlier-failures=3 | outlier-failures",
                "retry-budget=5 | retry-budget",
                "retry-budget-min=5 | retry-budget-min",
                "slow-start=soon | slow-start",
                "helth-check=tcp | helth-check",
            })
    void whatCannotBeUsedIsNamed(String text, String key) {
        assertThatThrownBy(() -> of(text))
                .isInstanceOfSatisfying(
                        OptionException.class, e -> assertThat(e.key()).isEqualTo(key))
                .hasMessageStartingWith(key + ": ");
    }
}
