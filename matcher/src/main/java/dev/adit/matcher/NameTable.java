package dev.adit.matcher;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Names to entries: a hash table in pages, so that a changed table shares all pages but the touched ones. Immutable.
 *
 * <pre>
 *  hash    |  upper half: page  |  lower half: slot  |
 *
 *  pages   +---+---+---+---+      page   +---+---+---+---+---+---+---+---+
 *          | o | o | o | o |  ------->   |   | a |   |   | q | x |   |   |      at most half full;
 *          +---+---+---+---+             +---+---+---+---+---+---+---+---+      not there: go right until one is empty
 * </pre>
 *
 * <p>A page holds {@link #PER_PAGE} entries or fewer on average, by chance more: each is as large as it needs to be.
 */
final class NameTable<E extends NameTable.Entry> {
    private static final int PER_PAGE = 16;
    private static final @Nullable Entry[] EMPTY_PAGE = {null};

    /** Something with a name, which is ASCII. */
    abstract static class Entry {
        /** {@linkplain Words#PADDING Padded}. */
        private final byte[] name;

        private final int length;

        private final long hash;

        Entry(String name) {
            this.name = Words.padded(name.getBytes(StandardCharsets.US_ASCII));
            this.length = name.length();
            this.hash = Words.hash(this.name, 0, length);
        }

        private boolean isNamedAs(Entry other) {
            return hash == other.hash && Arrays.equals(name, other.name);
        }
    }

    private final @Nullable Entry[][] pages;
    private final int count;
    /** No name is longer; -1 if there is none. */
    private final int longest;

    private NameTable(@Nullable Entry[][] pages, int count, int longest) {
        this.pages = pages;
        this.count = count;
        this.longest = longest;
    }

    static <E extends Entry> NameTable<E> empty() {
        return new NameTable<>(new Entry[][] {EMPTY_PAGE}, 0, -1);
    }

    int longest() {
        return longest;
    }

    /** The entry whose name is {@code text[from, from + length)}, or null. Allocates nothing. */
    @SuppressWarnings("unchecked") // nothing else was put there
    @Nullable
    E find(byte[] text, int from, int length) {
        if (length > longest) {
            return null;
        }
        if (from + length > text.length - Words.PADDING) {
            return find(Scratch.mine().load(text, from, length), 0, length);
        }
        long hash = Words.hash(text, from, length);
        @Nullable Entry[] page = pages[page(hash, pages.length)];
        int mask = page.length - 1;
        for (int slot = (int) hash & mask; ; slot = slot + 1 & mask) {
            Entry entry = page[slot];
            if (entry == null
                    || entry.hash == hash && entry.length == length && Words.equal(text, from, entry.name, 0, length)) {
                return (E) entry;
            }
        }
    }

    private static int page(long hash, int pages) {
        return (int) (hash >>> 32) & pages - 1;
    }

    /** Every entry, in no order. */
    @SuppressWarnings("unchecked") // nothing else was put there
    void forEach(Consumer<? super E> action) {
        for (@Nullable Entry[] page : pages) {
            for (Entry entry : page) {
                if (entry != null) {
                    action.accept((E) entry);
                }
            }
        }
    }

    /**
     * This table with some entries more, or others in the place of those of the same names, and some fewer. Copies the list of pages and the touched
     * pages; with many more entries than before, everything.
     */
    NameTable<E> with(Collection<? extends E> put, Collection<? extends E> removed) {
        if (put.isEmpty() && removed.isEmpty()) {
            return this;
        }
        int room = Words.capacity((count + put.size()) / PER_PAGE);
        @Nullable Entry[][] changed = room > pages.length ? spread(room) : pages.clone();
        int countNow = count;
        for (Entry entry : removed) {
            countNow += change(changed, entry, null);
        }
        int longestNow = longest;
        for (Entry entry : put) {
            countNow += change(changed, entry, entry);
            longestNow = Math.max(longestNow, entry.length);
        }
        return new NameTable<>(changed, countNow, longestNow);
    }

    private @Nullable Entry[][] spread(int room) {
        @Nullable Entry[][] spread = new @Nullable Entry[room][];
        Arrays.fill(spread, EMPTY_PAGE);
        forEach(entry -> change(spread, entry, entry));
        return spread;
    }

    /** Puts another page in the place of the one with that name, on which {@code now} has it; says by how much it grew. */
    private static int change(@Nullable Entry[][] pages, Entry name, @Nullable Entry now) {
        int at = page(name.hash, pages.length);
        @Nullable Entry[] old = pages[at];
        int before = 0;
        int others = 0;
        for (Entry entry : old) {
            before += entry == null ? 0 : 1;
            others += entry == null || entry.isNamedAs(name) ? 0 : 1;
        }
        int after = now == null ? others : others + 1;
        @Nullable Entry[] page = new @Nullable Entry[Words.capacity(after)];
        for (Entry entry : old) {
            if (entry != null && !entry.isNamedAs(name)) {
                place(page, entry);
            }
        }
        if (now != null) {
            place(page, now);
        }
        pages[at] = page;
        return after - before;
    }

    private static void place(@Nullable Entry[] page, Entry entry) {
        int mask = page.length - 1;
        int slot = (int) entry.hash & mask;
        while (page[slot] != null) {
            slot = slot + 1 & mask;
        }
        page[slot] = entry;
    }
}
