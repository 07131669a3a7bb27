package dev.adit.policy;

import dev.adit.balancer.CircuitLimits;
import dev.adit.balancer.HealthCheck;
import dev.adit.balancer.HealthCheck.Way;
import dev.adit.balancer.OutlierDetection;
import dev.adit.balancer.RetryBudget;
import dev.adit.balancer.SlowStart;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The words of {@link Resilience}, the same for annotations and for options of the whole gateway. */
final class ResilienceOptions {
    /** Every option, for messages. */
    static final List<String> KEYS = List.of(
            "health-check",
            "health-check-healthy",
            "health-check-host",
            "health-check-interval",
            "health-check-jitter",
            "health-check-path",
            "health-check-service",
            "health-check-statuses",
            "health-check-timeout",
            "health-check-unhealthy",
            "max-endpoint-connections",
            "max-endpoint-requests",
            "max-pending",
            "max-requests",
            "outlier-detection",
            "outlier-failures",
            "pending-timeout",
            "retry-budget",
            "retry-budget-min",
            "slow-start");

    private static final Duration MOST_TIME = Duration.ofDays(1);
    private static final int MOST = 1_000_000;
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,8})(ms|s|m|h)?");
    private static final Pattern STATUSES =
            Pattern.compile("[2-5][0-9]{2}(-[2-5][0-9]{2})?(,[2-5][0-9]{2}(-[2-5][0-9]{2})?)*");
    private static final Pattern PATH = Pattern.compile("/[\\x21-\\x22\\x24-\\x7e]{0,1000}");
    private static final Pattern SERVICE = Pattern.compile("[\\x21-\\x7e]{0,127}");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?|");

    private final Map<String, String> options;

    private ResilienceOptions(Map<String, String> options) {
        this.options = options;
    }

    static Resilience apply(Resilience to, Map<String, String> options) {
        Map<String, String> stripped = new LinkedHashMap<>();
        options.forEach((key, value) -> {
            if (!KEYS.contains(key)) {
                throw new OptionException(key, key + ": unknown option; known are " + String.join(", ", KEYS));
            }
            stripped.put(key, value.strip());
        });
        ResilienceOptions o = new ResilienceOptions(stripped);
        return new Resilience(
                o.check(to.check()),
                o.outliers(to.outliers()),
                o.slowStart(to.slowStart()),
                o.limits(to.limits()),
                o.retries(to.retries()));
    }

    // --- health checks

    private @Nullable HealthCheck check(@Nullable HealthCheck standard) {
        String word = value("health-check", "");
        if (word.equals("off") || word.isEmpty() && standard == null) {
            // Said by its path alone it would be guessed whether TLS is spoken.
            without("health-check-");
            return null;
        }
        HealthCheck base = standard == null ? HealthCheck.tcp() : standard;
        Duration interval = duration("health-check-interval", base.interval());
        // Who asks more often than the default would wait means less patience.
        Duration patience = base.timeout().compareTo(interval) > 0 ? interval : base.timeout();
        Duration timeout = duration("health-check-timeout", patience);
        if (timeout.compareTo(interval) > 0) {
            throw bad("health-check-timeout", "is more than the interval");
        }
        return new HealthCheck(
                way(word, base.how()),
                interval,
                timeout,
                number("health-check-healthy", base.healthy(), 1, 100),
                number("health-check-unhealthy", base.unhealthy(), 1, 100),
                percent("health-check-jitter", base.jitter()));
    }

    private Way way(String word, Way standard) {
        String kind = switch (word) {
            case "tcp", "http", "https", "grpc", "grpcs" -> word;
            case "" -> kind(standard);
            default -> throw bad("health-check", "is none of off, tcp, http, https, grpc and grpcs");
        };
        return switch (kind) {
            case "http", "https" -> http(kind, standard);
            case "grpc", "grpcs" -> grpc(kind, standard);
            default -> {
                refuse("tcp", "host", "path", "statuses", "service");
                yield new Way.Tcp();
            }
        };
    }

    private static String kind(Way way) {
        if (way instanceof Way.Http http) {
            return http.secure() ? "https" : "http";
        }
        return way instanceof Way.Grpc grpc ? grpc.secure() ? "grpcs" : "grpc" : "tcp";
    }

    private void refuse(String kind, String... keys) {
        for (String key : keys) {
            if (options.containsKey("health-check-" + key)) {
                throw bad("health-check-" + key, "is nothing that " + kind + " asks for");
            }
        }
    }

    private Way grpc(String kind, Way standard) {
        refuse(kind, "path", "statuses");
        Way.Grpc base = standard instanceof Way.Grpc grpc ? grpc : new Way.Grpc(false, "", "");
        return new Way.Grpc(
                kind.equals("grpcs"),
                matching("health-check-host", base.host(), HOST, "is no host"),
                matching("health-check-service", base.service(), SERVICE, "is no name of a service"));
    }

    private Way http(String kind, Way standard) {
        refuse(kind, "service");
        Way.Http base = standard instanceof Way.Http http ? http : new Way.Http(false, "", "/", Set.of());
        return new Way.Http(
                kind.equals("https"),
                matching("health-check-host", base.host(), HOST, "is no host"),
                matching("health-check-path", base.path(), PATH, "is no path"),
                statuses(base.statuses()));
    }

    private Set<Integer> statuses(Set<Integer> standard) {
        String text = matching("health-check-statuses", "", STATUSES, "is no list of statuses such as 200-299,404");
        if (text.isEmpty()) {
            return standard;
        }
        Set<Integer> statuses = new TreeSet<>();
        for (String part : text.split(",")) {
            int first = Integer.parseInt(part.substring(0, 3));
            int last = Integer.parseInt(part.substring(part.length() - 3));
            for (int status = first; status <= last; status++) {
                statuses.add(status);
            }
            if (first > last) {
                throw bad("health-check-statuses", "ends before it begins");
            }
        }
        return statuses;
    }

    /** Details of what is switched off are a mistake. */
    private void without(String prefix) {
        for (String key : options.keySet()) {
            if (key.startsWith(prefix)) {
                throw bad(key, "has no effect without " + prefix.substring(0, prefix.length() - 1));
            }
        }
    }

    // --- the others

    private @Nullable OutlierDetection outliers(@Nullable OutlierDetection standard) {
        boolean on = bool("outlier-detection", standard != null);
        if (!on) {
            if (options.containsKey("outlier-failures")) {
                throw bad("outlier-failures", "has no effect without outlier-detection");
            }
            return null;
        }
        OutlierDetection base = standard == null ? OutlierDetection.DEFAULT : standard;
        return base.withConsecutiveFailures(number("outlier-failures", base.consecutiveFailures(), 1, MOST));
    }

    private @Nullable SlowStart slowStart(@Nullable SlowStart standard) {
        if (value("slow-start", "").equals("off")) {
            return null;
        }
        return options.containsKey("slow-start") ? new SlowStart(duration("slow-start", MOST_TIME)) : standard;
    }

    private CircuitLimits limits(CircuitLimits standard) {
        return new CircuitLimits(
                number("max-requests", standard.pool(), 1, MOST),
                number("max-endpoint-requests", standard.endpoint(), 1, MOST),
                number("max-pending", standard.pending(), 0, MOST),
                duration("pending-timeout", standard.patience()),
                number("max-endpoint-connections", standard.connections(), 1, MOST));
    }

    private @Nullable RetryBudget retries(@Nullable RetryBudget standard) {
        if (value("retry-budget", "").equals("off") || standard == null && !options.containsKey("retry-budget")) {
            without("retry-budget-");
            return null;
        }
        RetryBudget base = standard == null ? RetryBudget.DEFAULT : standard;
        return new RetryBudget(
                percent("retry-budget", base.share()), number("retry-budget-min", base.least(), 0, MOST));
    }

    // --- values

    private String value(String key, String standard) {
        return options.getOrDefault(key, standard);
    }

    private <T> T read(String key, T standard, Function<String, @Nullable T> reader, String what) {
        String value = options.get(key);
        if (value == null) {
            return standard;
        }
        T read = reader.apply(value);
        if (read == null) {
            throw bad(key, what);
        }
        return read;
    }

    private boolean bool(String key, boolean standard) {
        return read(
                key,
                standard,
                value -> switch (value) {
                    case "true", "on" -> true;
                    case "false", "off" -> false;
                    default -> null;
                },
                "is neither on nor off");
    }

    private int number(String key, int standard, int least, int most) {
        return read(
                key,
                standard,
                value -> {
                    int number = value.matches("[0-9]{1,7}") ? Integer.parseInt(value) : -1;
                    return number < least || number > most ? null : number;
                },
                "is no number from " + least + " to " + most);
    }

    private double percent(String key, double standard) {
        return read(
                key,
                standard,
                value -> {
                    String number = value.endsWith("%") ? value.substring(0, value.length() - 1) : "";
                    int percent = number.matches("[0-9]{1,3}") ? Integer.parseInt(number) : -1;
                    return percent < 0 || percent > 100 ? null : percent / 100.0;
                },
                "is no share from 0% to 100%");
    }

    private Duration duration(String key, Duration standard) {
        return read(key, standard, ResilienceOptions::duration, "is no time from 1ms to 24h, such as 500ms, 10s or 5m");
    }

    private static @Nullable Duration duration(String value) {
        Matcher matcher = DURATION.matcher(value);
        if (!matcher.matches()) {
            return null;
        }
        long number = Long.parseLong(matcher.group(1));
        Duration duration = switch (matcher.group(2) == null ? "s" : matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofSeconds(number);
        };
        return duration.isZero() || duration.compareTo(MOST_TIME) > 0 ? null : duration;
    }

    private String matching(String key, String standard, Pattern pattern, String what) {
        return read(key, standard, value -> pattern.matcher(value).matches() ? value : null, what);
    }

    private OptionException bad(String key, String why) {
        return new OptionException(key, key + ": '" + value(key, "") + "' " + why);
    }
}
