package dev.adit.matcher;

import java.security.SecureRandom;
import java.util.Collection;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Open-addressed tables that are asked with a region of a text, so that a look-up needs no substring.
 *
 * <pre>
 *  text    / s h o p / c a r t          slots (a power of two, at most half full)
 *              from^     to^            +------+------+------+------+------+------+------+------+
 *  hash(region) & (length - 1) ------>  | null | cart | help | null | null | shop | null | null |
 *                                       +------+--|---+--|---+------+------+------+------+------+
 *                        no match: go right       |      |
 *                        null: not here           v      v
 *                                              Entry(key, hash): first the hash is compared, then the region
 * </pre>
 *
 * <p>The table is a plain array inside its owner: owner, array, entry and key are all the lines a look-up touches.
 *
 * <p><b>Hash flooding.</b> Whoever writes rules or sends requests must not be able to aim texts at one slot. The hash is keyed with two
 * secrets drawn once per process: where it starts and what it multiplies by. Folding the high half into the low half at every step keeps the
 * state from being a polynomial, for which colliding texts exist whatever the key. It is no cryptographic hash: it resists who knows this
 * code, not who could measure single look-ups by the million.
 */
final class RegionTable {
    private static final long START;
    private static final long MULTIPLIER;

    static {
        SecureRandom random = new SecureRandom();
        START = random.nextLong();
        MULTIPLIER = random.nextLong() | 1; // odd: a step loses nothing of the state
    }

    private RegionTable() {}

    /** Something with a name. */
    abstract static class Entry {
        final String key;
        final int hash;

        Entry(String key) {
            this.key = key;
            this.hash = hash(key, 0, key.length());
        }

        boolean isNamed(String text, int from, int to) {
            return key.length() == to - from && text.startsWith(key, from);
        }
    }

    /** The slots for entries with distinct keys. A single empty slot is the table without entries. */
    static <E extends Entry> @Nullable E[] of(Collection<? extends E> entries, IntFunction<@Nullable E[]> newArray) {
        @Nullable E[] slots = newArray.apply(capacity(entries.size()));
        int mask = slots.length - 1;
        for (E entry : entries) {
            int slot = entry.hash & mask;
            while (slots[slot] != null) {
                slot = (slot + 1) & mask;
            }
            slots[slot] = entry;
        }
        return slots;
    }

    private static int capacity(int entries) {
        return entries == 0 ? 1 : Integer.highestOneBit(2 * entries - 1) << 1;
    }

    /** The entry whose key equals {@code text[from, to)}, or null. Allocates nothing. */
    static <E extends Entry> @Nullable E find(@Nullable E[] slots, String text, int from, int to) {
        int mask = slots.length - 1;
        if (mask == 0) {
            return null;
        }
        int hash = hash(text, from, to);
        for (int slot = hash & mask; ; slot = (slot + 1) & mask) {
            E entry = slots[slot];
            if (entry == null || (entry.hash == hash && entry.isNamed(text, from, to))) {
                return entry;
            }
        }
    }

    /** The keyed hash of {@code text[from, to)}; differs from process to process. */
    static int hash(String text, int from, int to) {
        long state = START + (to - from); // the length, or leading zero characters would not count
        int i = from;
        for (; i + 4 <= to; i += 4) { // four characters fill a word, and a multiplication is what a step waits for
            long word = text.charAt(i)
                    | (long) text.charAt(i + 1) << 16
                    | (long) text.charAt(i + 2) << 32
                    | (long) text.charAt(i + 3) << 48;
            state = mix(state ^ word);
        }
        long rest = 0;
        for (; i < to; i++) {
            rest = rest << 16 | text.charAt(i);
        }
        return (int) mix(state ^ rest);
    }

    private static long mix(long state) {
        long product = state * MULTIPLIER;
        return product ^ product >>> 32;
    }
}
