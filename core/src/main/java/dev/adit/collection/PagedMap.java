package dev.adit.collection;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * A sorted map in pages. A changed map shares all pages but the touched ones with the map that it was made of, so that a
 * change costs one page and the list of pages, and what differs between two maps is found without looking into the pages
 * that they share. Immutable.
 *
 * <pre>
 *  pages    +---+---+---+---+
 *           | o | o | o | o |      a page: up to {@value #PAGE} entries, sorted; none is empty
 *           +-|-+---+---+---+
 *  starts     | 0  128 190 301     how many entries are before it
 *             v
 *           | a | b | f | h | ...  keys
 *           | 1 | 2 | 3 | 4 | ...  values
 * </pre>
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values; null is none
 */
public final class PagedMap<K extends Comparable<? super K>, V> {
    private static final int PAGE = 128;
    private static final PagedMap<?, ?> EMPTY = new PagedMap<>(new Page[0]);

    /** Entries, sorted by key. Its arrays are never written to after they were filled. */
    private record Page(Object[] keys, Object[] values) {
        int size() {
            return keys.length;
        }

        Page with(int at, Object key, Object value) {
            return new Page(inserted(keys, at, key), inserted(values, at, value));
        }

        Page replaced(int at, Object value) {
            Object[] changed = values.clone();
            changed[at] = value;
            return new Page(keys, changed);
        }

        Page without(int at) {
            return new Page(removed(keys, at), removed(values, at));
        }

        Page part(int from, int to) {
            return new Page(Arrays.copyOfRange(keys, from, to), Arrays.copyOfRange(values, from, to));
        }

        private static Object[] inserted(Object[] array, int at, Object element) {
            Object[] more = Arrays.copyOf(array, array.length + 1);
            System.arraycopy(array, at, more, at + 1, array.length - at);
            more[at] = element;
            return more;
        }

        private static Object[] removed(Object[] array, int at) {
            Object[] fewer = Arrays.copyOf(array, array.length - 1);
            System.arraycopy(array, at + 1, fewer, at, fewer.length - at);
            return fewer;
        }
    }

    /** Hears of one key whose values in two maps are not the same object. */
    @FunctionalInterface
    public interface Difference<K, V> {
        /** @param before null if it was added
         *  @param now null if it was removed */
        void found(K key, @Nullable V before, @Nullable V now);
    }

    private final Page[] pages;
    private final int[] starts;
    private final int size;

    private PagedMap(Page[] pages) {
        this.pages = pages;
        this.starts = new int[pages.length];
        int count = 0;
        for (int i = 0; i < pages.length; i++) {
            starts[i] = count;
            count += pages[i].size();
        }
        this.size = count;
    }

    /** The map without entries. */
    @SuppressWarnings("unchecked") // it holds nothing
    public static <K extends Comparable<? super K>, V> PagedMap<K, V> empty() {
        return (PagedMap<K, V>) EMPTY;
    }

    /** How many entries it has. */
    public int size() {
        return size;
    }

    /** The value of {@code key}, or null. */
    public @Nullable V get(K key) {
        int page = page(pages, pages.length, key);
        if (page < 0) {
            return null;
        }
        int at = search(pages[page], key);
        return at < 0 ? null : value(pages[page].values[at]);
    }

    /** The values in the order of keys, as an unmodifiable list with fast random access. */
    public List<V> values() {
        return new Values(0, size);
    }

    /** The values of the keys from {@code from}, inclusive, to {@code to}, exclusive. */
    public List<V> values(K from, K to) {
        int first = rank(from);
        return new Values(first, Math.max(first, rank(to)));
    }

    /** How many keys are less than {@code key}. */
    private int rank(K key) {
        int page = page(pages, pages.length, key);
        if (page < 0) {
            return 0;
        }
        int at = search(pages[page], key);
        return starts[page] + (at < 0 ? -at - 1 : at);
    }

    /** This map with an entry added or replaced. */
    public PagedMap<K, V> with(K key, V value) {
        return toBuilder().put(key, value).build();
    }

    /** This map without {@code key}. */
    public PagedMap<K, V> without(K key) {
        return toBuilder().remove(key).build();
    }

    /** Calls {@code action} in the order of keys for everything that is not in both maps. */
    public void differences(PagedMap<K, V> before, Difference<K, V> action) {
        Cursor a = before.new Cursor();
        Cursor b = new Cursor();
        while (a.isOpen() || b.isOpen()) {
            if (a.isOpen() && b.isOpen() && a.atStartOf() != null && a.atStartOf() == b.atStartOf()) {
                a.skipPage();
                b.skipPage();
                continue;
            }
            int order = !a.isOpen() ? 1 : !b.isOpen() ? -1 : a.key().compareTo(b.key());
            if (order < 0) {
                action.found(a.key(), a.value(), null);
                a.next();
            } else if (order > 0) {
                action.found(b.key(), null, b.value());
                b.next();
            } else {
                if (a.value() != b.value()) {
                    action.found(b.key(), a.value(), b.value());
                }
                a.next();
                b.next();
            }
        }
    }

    /** A builder that starts with these entries. */
    public Builder<K, V> toBuilder() {
        return new Builder<>(pages);
    }

    /** The last page whose first key is not greater than {@code key}, else the first; -1 if there is none. */
    private static <K extends Comparable<? super K>> int page(Page[] pages, int count, K key) {
        int low = 0;
        int high = count - 1;
        if (high > 0 && PagedMap.<K>key(pages[high].keys[0]).compareTo(key) <= 0) {
            return high; // keys that come in order are found at once
        }
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (PagedMap.<K>key(pages[middle].keys[0]).compareTo(key) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return high < 0 ? -1 : low;
    }

    /** Where {@code key} is in a page, or {@code -(where it belongs) - 1}. */
    private static <K extends Comparable<? super K>> int search(Page page, K key) {
        int low = 0;
        int high = page.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = PagedMap.<K>key(page.keys[middle]).compareTo(key);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -low - 1;
    }

    @SuppressWarnings("unchecked") // nothing else was put there
    private static <K> K key(Object key) {
        return (K) key;
    }

    @SuppressWarnings("unchecked") // nothing else was put there
    private static <V> V value(Object value) {
        return (V) value;
    }

    /** A place in the map. */
    private final class Cursor {
        private int page;
        private int at;

        boolean isOpen() {
            return page < pages.length;
        }

        /** The page that this is at the start of, or null. */
        @Nullable
        Page atStartOf() {
            return at == 0 ? pages[page] : null;
        }

        K key() {
            return PagedMap.key(pages[page].keys[at]);
        }

        V value() {
            return PagedMap.value(pages[page].values[at]);
        }

        void next() {
            if (++at == pages[page].size()) {
                skipPage();
            }
        }

        void skipPage() {
            page++;
            at = 0;
        }
    }

    /** A view of some values. */
    private final class Values extends AbstractList<V> implements RandomAccess {
        private final int from;
        private final int to;

        Values(int from, int to) {
            this.from = from;
            this.to = to;
        }

        @Override
        public int size() {
            return to - from;
        }

        @Override
        public V get(int index) {
            int rank = from + Objects.checkIndex(index, size());
            int found = Arrays.binarySearch(starts, rank);
            int page = found < 0 ? -found - 2 : found;
            return value(pages[page].values[rank - starts[page]]);
        }

        /** In constant time for each element, which {@link #get} does not take. */
        @Override
        public Iterator<V> iterator() {
            int found = Arrays.binarySearch(starts, from);
            int first = found < 0 ? Math.max(0, -found - 2) : found;
            return new Iterator<>() {
                private int page = first;
                private int at = pages.length == 0 ? 0 : from - starts[first];
                private int left = size();

                @Override
                public boolean hasNext() {
                    return left > 0;
                }

                @Override
                public V next() {
                    if (left == 0) {
                        throw new NoSuchElementException();
                    }
                    left--;
                    if (at == pages[page].size()) {
                        page++;
                        at = 0;
                    }
                    return value(pages[page].values[at++]);
                }
            };
        }
    }

    /** Collects changes; not thread-safe. */
    public static final class Builder<K extends Comparable<? super K>, V> {
        private Page[] pages;
        private int count;

        private Builder(Page[] pages) {
            this.pages = pages.clone();
            this.count = pages.length;
        }

        /** Adds or replaces an entry. */
        public Builder<K, V> put(K key, V value) {
            int at = page(pages, count, key);
            if (at < 0) {
                insert(0, new Page(new Object[] {key}, new Object[] {value}));
                return this;
            }
            Page page = pages[at];
            boolean last = at == count - 1
                    && PagedMap.<K>key(page.keys[page.size() - 1]).compareTo(key) < 0;
            int place = last ? -page.size() - 1 : search(page, key);
            if (place >= 0) {
                pages[at] = page.values[place] == value ? page : page.replaced(place, value);
            } else if (page.size() < PAGE) {
                pages[at] = page.with(-place - 1, key, value);
            } else if (last) {
                insert(count, new Page(new Object[] {key}, new Object[] {value})); // keys that come in order fill pages
            } else {
                pages[at] = page.part(0, PAGE / 2);
                insert(at + 1, page.part(PAGE / 2, PAGE));
                put(key, value);
            }
            return this;
        }

        /** Removes a key; nothing happens if it is not there. */
        public Builder<K, V> remove(K key) {
            int at = page(pages, count, key);
            int place = at < 0 ? -1 : search(pages[at], key);
            if (place < 0) {
                return this;
            }
            if (pages[at].size() > 1) {
                pages[at] = pages[at].without(place);
                join(at);
            } else {
                delete(at);
            }
            return this;
        }

        /** Joins a page that became small with a small one after it. */
        private void join(int at) {
            if (at + 1 < count && pages[at].size() + pages[at + 1].size() <= PAGE / 4) {
                Page left = pages[at];
                Page right = pages[at + 1];
                Object[] keys = Arrays.copyOf(left.keys, left.size() + right.size());
                Object[] values = Arrays.copyOf(left.values, left.size() + right.size());
                System.arraycopy(right.keys, 0, keys, left.size(), right.size());
                System.arraycopy(right.values, 0, values, left.size(), right.size());
                pages[at] = new Page(keys, values);
                delete(at + 1);
            }
        }

        private void insert(int at, Page page) {
            if (count == pages.length) {
                pages = Arrays.copyOf(pages, count + 1 + count / 2);
            }
            System.arraycopy(pages, at, pages, at + 1, count - at);
            pages[at] = page;
            count++;
        }

        private void delete(int at) {
            System.arraycopy(pages, at + 1, pages, at, count - at - 1);
            count--;
        }

        /** The map. */
        public PagedMap<K, V> build() {
            return new PagedMap<>(Arrays.copyOf(pages, count));
        }
    }
}
