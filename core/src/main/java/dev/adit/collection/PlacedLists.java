package dev.adit.collection;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lists, each in a place, read as one list in the order of places. To replace a list costs what its elements and a page of
 * others cost, not what all do; a list that was read never changes. Not thread-safe.
 *
 * @param <P> the type of the places
 * @param <V> the type of the elements; null is none
 */
public final class PlacedLists<P extends Comparable<? super P>, V> {
    private record Key<P extends Comparable<? super P>>(P place, int at) implements Comparable<Key<P>> {
        @Override
        public int compareTo(Key<P> other) {
            int order = place.compareTo(other.place);
            return order != 0 ? order : Integer.compare(at, other.at);
        }
    }

    private final PagedMap.Builder<Key<P>, V> elements = PagedMap.<Key<P>, V>empty().toBuilder();
    /** How many elements there are in a place where there are any. */
    private final Map<P, Integer> counts = new HashMap<>();

    private List<V> all = List.of();
    private boolean changed;

    /** Has this list, and no other, in a place. */
    public void put(P place, List<? extends V> list) {
        int before = counts.getOrDefault(place, 0);
        for (int i = 0; i < list.size(); i++) {
            elements.put(new Key<>(place, i), list.get(i));
        }
        for (int i = list.size(); i < before; i++) {
            elements.remove(new Key<>(place, i));
        }
        if (!list.isEmpty()) {
            counts.put(place, list.size());
        } else if (before > 0) {
            counts.remove(place);
        }
        changed |= before > 0 || !list.isEmpty();
    }

    /** Every element as of now, unmodifiable; the same object as before if nothing was put. */
    public List<V> all() {
        if (changed) {
            all = elements.build().values();
            changed = false;
        }
        return all;
    }
}
