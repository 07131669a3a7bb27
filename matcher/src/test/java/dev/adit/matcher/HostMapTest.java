package dev.adit.matcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.BeforeTry;
import org.junit.jupiter.api.Test;

class HostMapTest {
    private static final int TRIES = 200;

    private final List<String> hosts = new ArrayList<>();

    /** A builder and a plain map go through the same edits, in two generations, and must agree on everything. */
    @Property(tries = TRIES)
    void equalsAPlainMapAskedStepByStep(
            @ForAll("patterns") List<String> first,
            @ForAll("patterns") List<String> second,
            @ForAll("patterns") List<String> removed) {
        Map<String, String> plain = new HashMap<>();
        HostMap.Builder<String> builder = HostMap.builder();
        first.forEach(pattern -> put(builder, plain, pattern, "first"));
        HostMap<String> before = builder.build();
        Map<String, String> plainBefore = new HashMap<>(plain);
        HostMap.Builder<String> edit = before.toBuilder();
        second.forEach(pattern -> put(edit, plain, pattern, "second"));
        for (String pattern : removed) {
            edit.remove(pattern);
            plain.remove(pattern);
        }
        assertSame(edit.build(), plain);
        assertSame(edit.build(), plain);
        assertSame(before, plainBefore);
        for (String pattern : removed) {
            assertThat(edit.get(pattern)).isNull();
        }
        plain.forEach((pattern, value) -> assertThat(edit.get(pattern)).isEqualTo(value));
    }

    private static void put(HostMap.Builder<String> builder, Map<String, String> plain, String pattern, String round) {
        builder.put(pattern, round + " " + pattern);
        plain.put(pattern, round + " " + pattern);
    }

    private void assertSame(HostMap<String> map, Map<String, String> plain) {
        for (String host : hosts) {
            String wildcard = host.contains(".") ? "*" + host.substring(host.indexOf('.')) : "";
            String pattern = Stream.of(host, wildcard, "")
                    .filter(plain::containsKey)
                    .findFirst()
                    .orElse(null);
            assertThat(map.pattern(host)).as(host).isEqualTo(pattern);
            assertThat(map.find(host)).as(host).isEqualTo(pattern == null ? null : plain.get(pattern));
            byte[] text = ("Host: " + host).getBytes(StandardCharsets.ISO_8859_1);
            assertThat(map.find(text, 6, host.length())).as(host).isEqualTo(map.find(host));
            assertThat(map.findExact(host)).as(host).isEqualTo(host.isEmpty() ? null : plain.get(host));
            assertThat(map.findExact(text, 6, host.length())).as(host).isEqualTo(map.findExact(host));
            assertThat(map.findWildcard(host)).as(host).isEqualTo(wildcard.isEmpty() ? null : plain.get(wildcard));
            assertThat(map.findWildcard(text, 6, host.length())).as(host).isEqualTo(map.findWildcard(host));
        }
        List<String> seen = new ArrayList<>();
        map.forEach((pattern, value) -> seen.add(pattern + "=" + value));
        assertThat(seen)
                .isEqualTo(new TreeMap<>(plain)
                        .entrySet().stream().map(Object::toString).collect(Collectors.toList()));
    }

    @BeforeTry
    void everyHostUpToThreeLabels() {
        hosts.clear();
        hosts.add("");
        for (String c : List.of("a", "b")) {
            hosts.add(c);
            for (String b : List.of("a", "b", "ab")) {
                hosts.add(b + "." + c);
                for (String a : List.of("a", "b", "x")) {
                    hosts.add(a + "." + b + "." + c);
                }
            }
        }
    }

    @Provide
    Arbitrary<List<String>> patterns() {
        return Arbitraries.of(
                        "", "a", "b", "a.b", "b.b", "ab.a", "a.b.a", "x.ab.b", "*.a", "*.b", "*.a.b", "*.ab.a", "*.b.b")
                .list()
                .ofMaxSize(12);
    }

    /** Pages fill up, are split, and lose names again; what was built before stays as it was. */
    @Property(tries = 20)
    void manyNamesComeAndGo(@ForAll @IntRange(max = 1_000_000) int seed) {
        Random random = new Random(seed);
        Map<String, Integer> plain = new TreeMap<>();
        HostMap<Integer> map = HostMap.<Integer>builder().build();
        for (int round = 0; round < 8; round++) {
            Map<String, Integer> plainBefore = new TreeMap<>(plain);
            HostMap<Integer> before = map;
            HostMap.Builder<Integer> edit = map.toBuilder();
            for (int i = random.nextInt(400); i > 0; i--) {
                String pattern = (random.nextInt(4) == 0 ? "*.h" : "h") + random.nextInt(600) + ".example";
                if (random.nextInt(3) == 0) {
                    edit.remove(pattern);
                    plain.remove(pattern);
                } else {
                    edit.put(pattern, round);
                    plain.put(pattern, round);
                }
            }
            map = edit.build();
            assertThat(all(map)).isEqualTo(plain);
            assertThat(all(before)).isEqualTo(plainBefore);
            for (int i = 0; i < 600; i++) {
                String name = "h" + i + ".example";
                assertThat(map.findExact(name)).isEqualTo(plain.get(name));
                assertThat(map.find("www." + name)).isEqualTo(plain.get("*." + name));
            }
        }
    }

    private static Map<String, Integer> all(HostMap<Integer> map) {
        Map<String, Integer> all = new TreeMap<>();
        map.forEach(all::put);
        return all;
    }

    /** U+0161 and U+0130 end in the bytes of a and 0. */
    @Test
    void whatOnlyEndsInTheSameBytesIsAnotherName() {
        HostMap<String> map = HostMap.<String>builder()
                .put("a0.example", "exact")
                .put("*.a0.example", "wildcard")
                .build();
        assertThat(map.find("a0.example")).isEqualTo("exact");
        assertThat(map.find("\u0161\u0130.example")).isNull();
        assertThat(map.findExact("\u0161\u0130.example")).isNull();
        assertThat(map.find("\u0161.a0.example")).isEqualTo("wildcard");
        assertThat(map.find("x.\u0161\u0130.example")).isNull();
        HostMap.Builder<String> edit = map.toBuilder();
        assertThat(edit.remove("\u0161\u0130.example").remove("A0.example").build())
                .isSameAs(map);
        assertThat(edit.get("\u0161\u0130.example")).isNull();
    }

    @Test
    void bytesMustBeInTheArray() {
        HostMap<String> map = HostMap.<String>builder().put("", "other").build();
        assertThat(map.find(new byte[3], 3, 0)).isEqualTo("other");
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> map.find(new byte[3], 2, 2));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> map.findExact(new byte[3], -1, 2));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> map.findWildcard(new byte[3], 0, 4));
    }

    @Test
    void aWildcardNeedsALabelToStandFor() {
        HostMap<String> map = HostMap.<String>builder().put("*.a.b", "wildcard").build();
        assertThat(map.find("x.a.b")).isEqualTo("wildcard");
        assertThat(map.find("a.b")).isNull();
        assertThat(map.find(".a.b")).isNull();
        assertThat(map.find("y.x.a.b")).isNull();
        assertThat(map.pattern("x.a.b")).isEqualTo("*.a.b");
    }

    @Test
    void takesOnlyPatterns() {
        assertThat(List.of("", "a", "a.b", "*.com", "*.a.b", "a_b.c", "xn--bcher-kva.example"))
                .allMatch(HostMap::isPattern);
        assertThat(List.of("*", "*.", "**.a", "*.*.a", "f*.a", "a.*", "A.b", "a.", ".a", "a..b", "*..a"))
                .noneMatch(HostMap::isPattern);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostMap.<String>builder().put("*", "x"))
                .withMessageContaining("not a host pattern")
                .withMessageEndingWith(": *");
        assertThatNullPointerException()
                .isThrownBy(() -> HostMap.<String>builder().put("a", null));
    }

    @Test
    void anEditWithoutChangesIsTheSameMap() {
        HostMap<String> map = HostMap.<String>builder().put("a", "1").build();
        assertThat(map.toBuilder().build()).isSameAs(map);
    }
}
