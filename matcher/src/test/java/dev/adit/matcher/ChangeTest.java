package dev.adit.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What a change of one host costs in a large table, counted in bytes: time follows, and bytes are the same on every machine. */
class ChangeTest {
    private static final int HOSTS = 10_000;
    private static final int RULES = 10;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void allocatesForTheTouchedHostAndNotForTheTable() {
        RouteMatcher<String> matcher = table();
        long whole = allocated(ChangeTest::table);
        for (String host : new String[] {"h1.example", "new.example", "*.example"}) {
            change(matcher, host); // class loading
            assertThat(allocated(() -> change(matcher, host)))
                    .isLessThan(32_000)
                    .isLessThan(whole / 500);
        }
    }

    @Test
    void sharesWhatWasNotTouched() {
        RouteMatcher<String> matcher = table();
        RouteMatcher<String> changed = change(matcher, "h1.example");

        assertThat(changed.find("h1.example", "/p/1/x")).isEqualTo("new");
        assertThat(changed.find("h1.example", "/p1/x")).isNull();
        assertThat(matcher.find("h1.example", "/p1/x")).isEqualTo("1");
        for (int i = 2; i < HOSTS; i++) {
            assertThat(changed.group("h" + i + ".example")).isSameAs(matcher.group("h" + i + ".example"));
        }
    }

    private static RouteMatcher<String> change(RouteMatcher<String> matcher, String host) {
        return matcher.toBuilder()
                .removeHost(host)
                .add(host, PathKind.PREFIX, "/p/1", "new")
                .build();
    }

    private static RouteMatcher<String> table() {
        RouteMatcher.Builder<String> builder = RouteMatcher.builder();
        for (int host = 0; host < HOSTS; host++) {
            for (int rule = 0; rule < RULES; rule++) {
                builder.add("h" + host + ".example", PathKind.PREFIX, "/p" + rule, Integer.toString(rule));
            }
        }
        return builder.build();
    }

    private static long allocated(Runnable change) {
        long thread = Thread.currentThread().getId();
        long before = THREADS.getThreadAllocatedBytes(thread);
        change.run();
        return THREADS.getThreadAllocatedBytes(thread) - before;
    }
}
