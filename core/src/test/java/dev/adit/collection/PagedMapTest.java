package dev.adit.collection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PagedMapTest {
    @Property(tries = 100)
    void isASortedMap(@ForAll long seed, @ForAll @IntRange(min = 1, max = 1500) int keys) {
        Random random = new Random(seed);
        TreeMap<Integer, Integer> expected = new TreeMap<>();
        PagedMap<Integer, Integer> map = PagedMap.empty();
        for (int round = 0; round < 6; round++) {
            PagedMap<Integer, Integer> before = map;
            TreeMap<Integer, Integer> expectedBefore = new TreeMap<>(expected);
            PagedMap.Builder<Integer, Integer> builder = map.toBuilder();
            boolean grows = random.nextInt(3) > 0;
            for (int i = random.nextInt(2 * keys); i >= 0; i--) {
                Integer key = random.nextInt(keys);
                if (random.nextInt(8) == 0 == grows) {
                    builder.remove(key);
                    expected.remove(key);
                } else {
                    Integer value = random.nextInt();
                    builder.put(key, value);
                    expected.put(key, value);
                }
            }
            map = builder.build();
            assertSame(map, expected, keys);
            assertSame(before, expectedBefore, keys);
            assertThat(differences(before, map)).isEqualTo(differences(expectedBefore, expected));
            assertThat(differences(map, map)).isEmpty();
        }
    }

    private static void assertSame(PagedMap<Integer, Integer> map, TreeMap<Integer, Integer> expected, int keys) {
        assertThat(map.size()).isEqualTo(expected.size());
        List<Integer> values = new ArrayList<>(expected.values());
        assertThat(map.values()).isEqualTo(values);
        for (int i = 0; i < values.size(); i++) {
            assertThat(map.values().get(i)).isEqualTo(values.get(i));
        }
        for (int key = -1; key <= keys; key++) {
            assertThat(map.get(key)).isEqualTo(expected.get(key));
        }
        for (int from = -1; from <= keys; from += 1 + keys / 20) {
            int to = from + keys / 3;
            assertThat(map.values(from, to))
                    .isEqualTo(List.copyOf(expected.subMap(from, to).values()));
        }
    }

    private static List<String> differences(PagedMap<Integer, Integer> before, PagedMap<Integer, Integer> now) {
        List<String> found = new ArrayList<>();
        now.differences(before, (key, was, is) -> found.add(key + ": " + was + " -> " + is));
        return found;
    }

    private static List<String> differences(TreeMap<Integer, Integer> before, TreeMap<Integer, Integer> now) {
        TreeMap<Integer, Integer> all = new TreeMap<>(before);
        all.putAll(now);
        List<String> found = new ArrayList<>();
        for (Integer key : all.keySet()) {
            if (before.get(key) != now.get(key)) {
                found.add(key + ": " + before.get(key) + " -> " + now.get(key));
            }
        }
        return found;
    }

    @Test
    void valuesAreAViewOfWhatCannotChange() {
        PagedMap<String, String> map =
                PagedMap.<String, String>empty().with("a", "1").with("b", "2");
        List<String> values = map.values();
        assertThat(map.without("a").values()).containsExactly("2");
        assertThat(values).containsExactly("1", "2");
        assertThatThrownBy(() -> values.add("3")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> values.get(2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> values.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(PagedMap.<String, String>empty().values()).isEmpty();
        assertThat(PagedMap.<String, String>empty().without("a").get("a")).isNull();
    }
}
