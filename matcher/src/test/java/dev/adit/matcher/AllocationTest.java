package dev.adit.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Counts the bytes this thread allocates around many calls. Escape analysis is off in tests, so it is the code itself that allocates nothing. */
class AllocationTest {
    private static final int CALLS = 10_000;
    /** The measurement may cost a little; one object per call would cost 16 bytes each. */
    private static final long TOLERATED = 256;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final RouteMatcher<String> matcher = RouteMatcher.<String>builder()
            .add("shop.example", PathKind.PREFIX, "/", "root")
            .add("shop.example", PathKind.PREFIX, "/cart/items", "items")
            .add("shop.example", PathKind.EXACT, "/cart", "cart")
            .add("*.shop.example", PathKind.PREFIX, "/regions/eu/", "eu")
            .fallback("*.shop.example", "nowhere")
            .claim("empty.example")
            .add("", PathKind.PREFIX, "/health", "health")
            .build();

    @ParameterizedTest(name = "{0} {1} -> {2}")
    @CsvSource(nullValues = "none", textBlock = """
            shop.example,      /cart,                        cart
            shop.example,      /cart/items/7/notes/12/,      items
            shop.example,      /cart/item/7/notes/12/,       root
            shop.example,      /Grüße/aus/東京,               root
            de.shop.example,   /regions/eu/de,               eu
            de.shop.example,   /regions/us/ny,               nowhere
            empty.example,     /cart,                        none
            other.example,     /health/live,                 health
            other.example,     /unknown,                     none
            '',                /health,                      health
            """)
    void findAllocatesNothing(String host, String path, String expected) {
        assertThat(bytesOf(() -> matcher.find(host, path), expected)).isLessThanOrEqualTo(TOLERATED);
        byte[] text = (host + path).getBytes(StandardCharsets.ISO_8859_1);
        int start = host.length();
        assertThat(bytesOf(() -> matcher.find(text, 0, start, start, path.length()), expected))
                .isLessThanOrEqualTo(TOLERATED);
    }

    private static long bytesOf(Supplier<String> find, String expected) {
        count(find, expected); // warm-up: class loading, compilation, inline caches
        return count(find, expected);
    }

    private static long count(Supplier<String> find, String expected) {
        long thread = Thread.currentThread().getId();
        String last = null;
        long before = THREADS.getThreadAllocatedBytes(thread);
        for (int i = 0; i < CALLS; i++) {
            last = find.get();
        }
        long after = THREADS.getThreadAllocatedBytes(thread);
        assertThat(before).as("this JVM measures allocation").isGreaterThanOrEqualTo(0);
        assertThat(last).isEqualTo(expected);
        return after - before;
    }
}
