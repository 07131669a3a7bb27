package dev.adit.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.Compilation;
import dev.adit.Gateway;
import dev.adit.GatewayListener;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Manifests;
import dev.adit.tls.Identity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A gateway that runs for months, in no time. */
class UpdatesTest {
    private static final Instant START = Instant.parse("2026-06-01T00:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    /** What is to be run, and when. */
    private record Task(Runnable run, Duration delay, Future<?> future) {}

    private final Logger logger = Logger.getLogger("dev.adit.standalone");
    private final List<String> lines = new ArrayList<>();
    private final Handler handler = new Handler() {
        private final Thread here = Thread.currentThread();

        @Override
        public void publish(LogRecord record) {
            if (Thread.currentThread() != here) {
                return; // what another test's gateway has still to say
            }
            lines.add(record.getLevel() + " " + record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private final List<Task> tasks = new ArrayList<>();
    private Instant now = START;
    private @Nullable RuntimeException failure;
    private final Gateway gateway = Gateway.builder()
            .clock(() -> now)
            .listener(new GatewayListener() {
                @Override
                public void updated(Compilation compilation) {
                    if (failure != null) {
                        throw failure;
                    }
                }
            })
            .build();
    private final Updates updates = new Updates(gateway, () -> now, (run, delay) -> {
        Task task = new Task(run, delay, new CompletableFuture<>());
        tasks.add(task);
        return task.future;
    });

    @BeforeEach
    void listen() {
        logger.addHandler(handler);
    }

    @AfterEach
    void stopListening() {
        logger.removeHandler(handler);
    }

    @Test
    void saysOnceThatACertificateEndsSoonAndOnceThatItHasEnded() {
        updates.update(shop(START.plus(Duration.ofDays(20))));
        assertThat(lines).singleElement().asString().startsWith("INFO serving ");
        lines.clear();

        runUntil(START.plus(Duration.ofDays(30)));

        assertThat(lines)
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("WARNING secret.yaml:")
                                .contains(
                                        "expires at 2026-06-21T00:00:00Z",
                                        "[certificate-expires-soon]",
                                        "Secret shop/secure-tls")
                                .doesNotContain("effect"),
                        line -> assertThat(line).startsWith("INFO serving ").endsWith("with 1 warning"),
                        line -> assertThat(line)
                                .contains("expired at 2026-06-21T00:00:00Z", "[certificate-expired]")
                                .endsWith("; effect: not-trusted"),
                        line -> assertThat(line).startsWith("INFO serving ").endsWith("gone since the last update: 1"));
    }

    @Test
    void looksAtTheClockEachHourAndWhenSomethingEnds() {
        updates.update(shop(START.plus(Duration.ofDays(14)).plus(HOUR).plusSeconds(90)));
        assertThat(pending().delay).isEqualTo(HOUR);
        runNext();
        assertThat(pending().delay).isEqualTo(Duration.ofSeconds(90));
        runNext();
        assertThat(pending().delay).isEqualTo(HOUR);
    }

    @Test
    void aChangeTakesThePlaceOfWhatWasAwaited() {
        updates.update(shop(START.plus(Duration.ofDays(40))));
        Task first = pending();
        updates.update(shop(START.plus(Duration.ofDays(14)).plusSeconds(100)));
        assertThat(first.future.isCancelled()).isTrue();
        assertThat(pending().delay).isEqualTo(Duration.ofSeconds(100));
    }

    @Test
    void doesNotRunMoreOftenThanEachMinute() {
        updates.update(shop(START.plus(Duration.ofDays(14)).plusSeconds(1)));
        assertThat(pending().delay).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void tellsOfAFailureAndTriesAgain() {
        updates.update(shop(START.plus(Duration.ofDays(14)).plusSeconds(100)));
        failure = new IllegalStateException("listener");
        lines.clear();
        runNext();
        assertThat(lines).singleElement().asString().startsWith("SEVERE could not look at certificates again");
        failure = null;
        runNext();
        assertThat(lines).anySatisfy(line -> assertThat(line).contains("certificate-expires-soon"));
    }

    private static Manifests shop(Instant end) {
        Identity identity = Identity.selfSigned("", List.of("secure.example"), START.minusSeconds(1), end);
        return ManifestReader.strict()
                .read(
                        "secret.yaml",
                        ShopFiles.yaml() + "\n---\n" + GeneratedCertificates.secret("shop", "secure-tls", identity));
    }

    /** What is to be run next: all before it must have run or been cancelled. */
    private Task pending() {
        assertThat(tasks.stream().filter(task -> !task.future.isDone())).hasSize(1);
        return tasks.get(tasks.size() - 1);
    }

    private void runNext() {
        Task next = pending();
        now = now.plus(next.delay);
        ((CompletableFuture<?>) next.future).complete(null);
        next.run.run();
    }

    private void runUntil(Instant end) {
        while (!now.plus(pending().delay).isAfter(end)) {
            runNext();
        }
    }
}
