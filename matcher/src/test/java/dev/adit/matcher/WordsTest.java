package dev.adit.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class WordsTest {
    @Property(tries = 200)
    void findsSlashes(@ForAll @Size(8) byte[] bytes) {
        long expected = 0;
        for (int i = 0; i < 8; i++) {
            expected |= bytes[i] == '/' ? 1L << i : 0;
        }
        assertThat(Words.marked(Words.word(bytes, 0), Words.SLASHES)).isEqualTo(expected);
    }

    @Property(tries = 200)
    void hashesWhateverStandsAround(
            @ForAll @Size(max = 40) byte[] text, @ForAll @Size(max = 9) byte[] before, @ForAll @Size(8) byte[] after) {
        byte[] one = Words.padded(text);
        byte[] other = new byte[before.length + text.length + after.length];
        System.arraycopy(before, 0, other, 0, before.length);
        System.arraycopy(text, 0, other, before.length, text.length);
        System.arraycopy(after, 0, other, before.length + text.length, after.length);

        assertThat(Words.hash(other, before.length, text.length)).isEqualTo(Words.hash(one, 0, text.length));
        for (int i = 0; i < text.length; i++) {
            other[before.length + i]++;
            assertThat(Words.hash(other, before.length, text.length)).isNotEqualTo(Words.hash(one, 0, text.length));
            other[before.length + i]--;
        }
    }

    @Property(tries = 200)
    void comparesAsArraysDo(@ForAll @Size(max = 20) byte[] text, @ForAll @Size(max = 20) byte[] other) {
        assertThat(Words.equal(Words.padded(text), 0, Words.padded(text), 0, text.length))
                .isTrue();
        int shorter = Math.min(text.length, other.length);
        assertThat(Words.equal(Words.padded(text), 0, Words.padded(other), 0, shorter))
                .isEqualTo(Arrays.equals(text, 0, shorter, other, 0, shorter));
        for (int i = 0; i < text.length; i++) {
            byte[] changed = Words.padded(text);
            changed[i]++;
            assertThat(Words.equal(Words.padded(text), 0, changed, 0, text.length))
                    .isFalse();
            assertThat(Words.equal(Words.padded(text), 0, changed, 0, i)).isTrue();
        }
    }

    @Test
    void zerosAtTheFrontOrTheBackCount() {
        assertThat(hashes(Set.of("", "\0", "\0\0", "a", "\0a", "\0\0\0a", "a\0", "a\0\0\0", "a" + "\0".repeat(7))))
                .hasSize(9);
    }

    @Test
    void positionCountsBeyondTheLastSecret() {
        Set<String> texts = new LinkedHashSet<>();
        for (int word = 0; word < 300; word++) {
            texts.add("-".repeat(8 * word) + "elements" + "-".repeat(8 * (299 - word)));
        }
        assertThat(hashes(texts)).hasSize(300);
    }

    /** Were the secrets of words that far apart known to differ by a constant, words could be swapped with it. */
    @Test
    void wordsDoNotTradePlacesAcrossTheLastSecret() {
        byte[] one = new byte[2 * 512 + Words.PADDING];
        byte[] other = one.clone();
        long known = 0x9E37_79B9_7F4A_7C15L;
        for (long step : new long[] {0, known, -known}) {
            Words.put(one, 0, 1);
            Words.put(one, 512, 2);
            Words.put(other, 0, 2 + step);
            Words.put(other, 512, 1 - step);
            assertThat(Words.hash(one, 0, 1024)).isNotEqualTo(Words.hash(other, 0, 1024));
        }
    }

    @Test
    void textsAimedAtStringHashCodeDoNotMeet() {
        Set<String> aimed = Set.of("");
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

    /** Where products are only cut off at 64 bits, texts that differ in the upper bits of their words alone would meet. */
    @Test
    void textsAimedAtTheUpperBitsDoNotMeet() {
        Set<String> aimed = new LinkedHashSet<>();
        for (int flipped = 0; flipped < 1 << 12; flipped++) {
            StringBuilder text = new StringBuilder();
            for (int word = 0; word < 12; word++) {
                text.append("/aaaaaa").append((flipped >> word & 1) == 0 ? '!' : 'a');
            }
            aimed.add(text.toString());
        }
        assertProbesAreShort(aimed);
    }

    /** A Thue-Morse word of 2 048 letters and its complement have one hash in any polynomial modulo 2^64, whatever its key. */
    @Test
    void textsAimedAtPolynomialsDoNotMeet() {
        Set<String> aimed = new LinkedHashSet<>();
        for (int complemented = 0; complemented < 64; complemented++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 6 * 2_048; i++) {
                int letter = Integer.bitCount(i % 2_048) + (complemented >> i / 2_048);
                text.append((char) ('a' + (letter & 1)));
            }
            aimed.add(text.toString());
        }
        assertThat(hashes(aimed)).hasSize(64);
    }

    /** A table is at most half full, so runs this long do not happen by chance. */
    private static void assertProbesAreShort(Set<String> texts) {
        Set<Long> hashes = hashes(texts);
        assertThat(hashes).hasSize(texts.size());
        boolean[] taken = new boolean[Words.capacity(texts.size())];
        int mask = taken.length - 1;
        int longest = 0;
        for (long hash : hashes) {
            int probes = 0;
            int slot = (int) hash & mask;
            while (taken[slot]) {
                slot = slot + 1 & mask;
                probes++;
            }
            taken[slot] = true;
            longest = Math.max(longest, probes);
        }
        assertThat(longest).isLessThan(200);
    }

    private static Set<Long> hashes(Set<String> texts) {
        Set<Long> hashes = new HashSet<>();
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            hashes.add(Words.hash(Words.padded(bytes), 0, bytes.length));
        }
        return hashes;
    }
}
