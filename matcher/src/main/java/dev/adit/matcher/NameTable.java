package dev.adit.matcher;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Names, which are ASCII, to values: a hash table in pages, so that a changed table shares all pages but the touched ones. Immutable.
 *
 * <pre>
 *  hash     |  upper half: page  |   ...   | lowest byte: tag |
 *
 *  names    +---+---+---+---+     page     | 2 | t0 t1 0 0 0 0 0 0 |  a0  a1  a2 | shop.example | www.example | padding |
 *           | o | o | o | o |  -------->          tags, by eight      where each name starts, and where the last one ends
 *           +---+---+---+---+
 *  values   +---+---+---+---+
 *           | o | o | o | o |  -------->   | v0 | v1 |
 *           +---+---+---+---+
 * </pre>
 *
 * <p>A page holds {@link #PER_PAGE} names or fewer on average (half as many after the pages were split), by chance more: each is as large as it needs
 * to be. Its tags are compared eight at a time; of 256 other names, one has the tag that is looked for. What a look-up reads of a page stands in a line
 * or two, and neither the name nor its value has to wait for the other.
 */
final class NameTable<V> {
    private static final int PER_PAGE = 16;

    private static final int TAGS = 4;
    private static final int TAGS_PER_WORD = 8;
    private static final int START_BYTES = 4;
    /** A tag in every byte of a word. */
    private static final long EVERYWHERE = 0x0101_0101_0101_0101L;

    private static final int NONE = -1;

    private final byte[][] names;
    private final @Nullable Object[][] values;
    private final int count;
    /** No name is longer; -1 if there is none. */
    private final int longest;

    private NameTable(byte[][] names, @Nullable Object[][] values, int count, int longest) {
        this.names = names;
        this.values = values;
        this.count = count;
        this.longest = longest;
    }

    static <V> NameTable<V> empty() {
        return new NameTable<>(new byte[][] {Page.EMPTY.names()}, new Object[][] {Page.EMPTY.values()}, 0, -1);
    }

    int longest() {
        return longest;
    }

    /** The value of the name {@code text[from, from + length)}, or null. Allocates nothing. */
    @SuppressWarnings("unchecked") // nothing else was put there
    @Nullable
    V find(byte[] text, int from, int length) {
        if (length > longest) {
            return null;
        }
        if (from + length > text.length - Words.PADDING) {
            return find(Scratch.mine().load(text, from, length), 0, length);
        }
        long hash = Words.hash(text, from, length);
        int page = page(hash, names.length);
        int index = index(names[page], hash, text, from, length);
        return index == NONE ? null : (V) values[page][index];
    }

    /** How many there are for so many names: a power of two. */
    private static int pages(int names) {
        return Integer.highestOneBit(2 * (names / PER_PAGE) + 1);
    }

    private static int page(long hash, int pages) {
        return (int) (hash >>> 32) & pages - 1;
    }

    private static int index(byte[] page, long hash, byte[] text, int from, int length) {
        int size = size(page);
        long tag = (hash & 0xFF) * EVERYWHERE;
        for (int i = 0; i < size; i += TAGS_PER_WORD) {
            long candidates = Words.marked(Words.word(page, TAGS + i), tag) & Words.bits(size - i);
            for (; candidates != 0; candidates &= candidates - 1) {
                int index = i + Long.numberOfTrailingZeros(candidates);
                int start = start(page, size, index);
                if (start(page, size, index + 1) - start == length && Words.equal(page, start, text, from, length)) {
                    return index;
                }
            }
        }
        return NONE;
    }

    private static int size(byte[] page) {
        return (int) Words.word(page, 0);
    }

    /** Where the name with that index starts, or the one before it ends. */
    private static int start(byte[] page, int size, int index) {
        return (int) Words.word(page, starts(size) + START_BYTES * index);
    }

    private static int starts(int size) {
        return TAGS + (size + TAGS_PER_WORD - 1) / TAGS_PER_WORD * TAGS_PER_WORD;
    }

    /** Every name and its value, in no order. */
    void forEach(BiConsumer<? super String, ? super V> action) {
        for (int i = 0; i < names.length; i++) {
            for (Named<V> named : entries(i)) {
                action.accept(named.text(), named.value);
            }
        }
    }

    @SuppressWarnings("unchecked") // nothing else was put there
    private List<Named<V>> entries(int page) {
        byte[] bytes = names[page];
        int size = size(bytes);
        List<Named<V>> entries = new ArrayList<>(size + 1);
        for (int i = 0; i < size; i++) {
            byte[] name = Arrays.copyOfRange(bytes, start(bytes, size, i), start(bytes, size, i + 1));
            entries.add(new Named<>(name, (V) values[page][i]));
        }
        return entries;
    }

    /**
     * This table with other values for some names; null for one that is removed, or was not there. Copies the list of pages and the touched pages; with
     * many more names than before, everything.
     */
    NameTable<V> with(Map<String, ? extends @Nullable V> changes) {
        if (changes.isEmpty()) {
            return this;
        }
        Draft<V> draft = new Draft<>(this, pages(count + changes.size()));
        changes.forEach(draft::change);
        return draft.table();
    }

    private static long hash(byte[] name) {
        return Words.hash(Words.padded(name), 0, name.length);
    }

    private record Named<V>(byte[] name, V value) {
        String text() {
            return new String(name, StandardCharsets.US_ASCII);
        }
    }

    private record Page(byte[] names, @Nullable Object[] values) {
        static final Page EMPTY = of(List.of());

        static Page of(List<? extends Named<?>> entries) {
            int size = entries.size();
            int start = starts(size) + START_BYTES * (size + 1);
            int end = start;
            for (Named<?> entry : entries) {
                end = Math.addExact(end, entry.name.length);
            }
            byte[] bytes = new byte[Math.addExact(end, Words.PADDING)];
            @Nullable Object[] values = new Object[size];
            put(bytes, 0, size);
            for (int i = 0; i < size; i++) {
                Named<?> entry = entries.get(i);
                bytes[TAGS + i] = (byte) hash(entry.name);
                put(bytes, starts(size) + START_BYTES * i, start);
                System.arraycopy(entry.name, 0, bytes, start, entry.name.length);
                start += entry.name.length;
                values[i] = entry.value;
            }
            put(bytes, starts(size) + START_BYTES * size, start);
            return new Page(bytes, values);
        }

        private static void put(byte[] bytes, int at, int number) {
            for (int i = 0; i < Integer.BYTES; i++) {
                bytes[at + i] = (byte) (number >>> Byte.SIZE * i);
            }
        }
    }

    /** A table that is being changed: of pages that nobody touched, those of the table before. */
    private static final class Draft<V> {
        private final NameTable<V> before;
        private final int room;
        private final Map<Integer, List<Named<V>>> touched = new HashMap<>();
        private int count;
        private int longest;

        Draft(NameTable<V> before, int room) {
            this.before = before;
            this.room = Math.max(room, before.names.length);
            count = before.count;
            longest = before.longest;
            if (room > before.names.length) {
                for (int page = 0; page < room; page++) {
                    touched.put(page, new ArrayList<>());
                }
                for (int page = 0; page < before.names.length; page++) {
                    before.entries(page).forEach(entry -> page(entry.name).add(entry));
                }
            }
        }

        private List<Named<V>> page(byte[] name) {
            return touched.computeIfAbsent(NameTable.page(hash(name), room), before::entries);
        }

        void change(String text, @Nullable V value) {
            byte[] name = text.getBytes(StandardCharsets.US_ASCII);
            List<Named<V>> page = page(name);
            if (page.removeIf(entry -> Arrays.equals(entry.name, name))) {
                count--;
            }
            if (value != null) {
                page.add(new Named<>(name, value));
                count++;
                longest = Math.max(longest, name.length);
            }
        }

        NameTable<V> table() {
            byte[][] names = Arrays.copyOf(before.names, room);
            @Nullable Object[][] values = Arrays.copyOf(before.values, room);
            touched.forEach((at, entries) -> {
                Page page = Page.of(entries);
                names[at] = page.names;
                values[at] = page.values;
            });
            return new NameTable<>(names, values, count, longest);
        }
    }
}
