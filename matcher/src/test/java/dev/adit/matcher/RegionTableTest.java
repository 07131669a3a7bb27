package dev.adit.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.Test;

class RegionTableTest {
    private static final class Name extends RegionTable.Entry {
        Name(String key) {
            super(key);
        }
    }

    @Property(tries = 200)
    void findsWhatIsInItWhereverItStands(
            @ForAll @Size(max = 60) @UniqueElements
                    List<
                                    @StringLength(max = 9) @CharRange(from = 'a', to = 'c')
                                    @CharRange(from = 'ä', to = 'ä') String>
                            keys,
            @ForAll @StringLength(max = 9) @CharRange(from = 'a', to = 'c') String asked,
            @ForAll @StringLength(max = 5) @CharRange(from = 'a', to = 'c') String around) {
        Name[] slots = table(keys);
        for (String key : keys) {
            Name found =
                    RegionTable.find(slots, around + key + around, around.length(), around.length() + key.length());
            assertThat(found).isNotNull();
            assertThat(found.key).isEqualTo(key);
        }
        assertThat(RegionTable.find(slots, asked + around, 0, asked.length()) != null)
                .isEqualTo(keys.contains(asked));
    }

    @Test
    void textsAimedAtStringHashCodeDoNotMeet() {
        Set<String> aimed = new LinkedHashSet<>(Set.of(""));
        for (int length = 0;
                length < 12;
                length++) { // "Aa" and "BB" have one String.hashCode, and so has every chain of them
            aimed = aimed.stream()
                    .flatMap(text -> List.of(text + "Aa", text + "BB").stream())
                    .collect(Collectors.toSet());
        }
        assertThat(aimed.stream().map(String::hashCode).distinct()).hasSize(1);
        assertProbesAreShort(aimed);
    }

    @Test
    void textsAimedAtPolynomialHashesDoNotMeet() {
        // A Thue-Morse word of 2 048 letters and its complement have one hash in any polynomial modulo 2^64, whatever
        // its key.
        Set<Integer> hashes = new HashSet<>();
        for (int complemented = 0; complemented < 64; complemented++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 6 * 2_048; i++) {
                int letter = Integer.bitCount(i % 2_048) + (complemented >> i / 2_048);
                text.append((char) ('a' + (letter & 1)));
            }
            hashes.add(RegionTable.hash(text.toString(), 0, text.length()));
        }
        assertThat(hashes).hasSizeGreaterThan(60);
    }

    @Test
    void zerosAtTheFrontOrTheBackCount() {
        Set<Integer> hashes = new HashSet<>();
        for (String text : List.of("", "\0", "\0\0", "a", "\0a", "\0\0\0a", "a\0", "a\0\0\0", "a\0\0\0\0")) {
            hashes.add(RegionTable.hash(text, 0, text.length()));
        }
        assertThat(hashes).hasSize(9);
    }

    /** The table is at most half full, so runs this long do not happen by chance. */
    private static void assertProbesAreShort(Set<String> keys) {
        Name[] slots = table(List.copyOf(keys));
        int longest = 0;
        for (int slot = 0; slot < slots.length; slot++) {
            if (slots[slot] != null) {
                longest = Math.max(longest, (slot - slots[slot].hash) & (slots.length - 1));
            }
        }
        assertThat(longest).isLessThan(200);
        assertThat(slots.length).isBetween(2 * keys.size(), 4 * keys.size());
    }

    private static Name[] table(List<String> keys) {
        return RegionTable.of(keys.stream().map(Name::new).collect(Collectors.toList()), Name[]::new);
    }
}
