package dev.adit.manifest;

import dev.adit.collection.PagedMap;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * All objects at one moment, one per key. Immutable; iteration is in the order of keys, so two replicas agree. A set that
 * was made of another one shares with it what did not change: {@link #with} and {@link #without} copy about a hundred
 * entries and one reference for each hundred objects.
 */
public final class ResourceSet {
    /** No objects. */
    public static final ResourceSet EMPTY = new ResourceSet(PagedMap.empty(), PagedMap.empty());

    /** Of one Service, in the order of names. The empty name comes first. */
    private record SliceKey(String namespace, String service, String name) implements Comparable<SliceKey> {
        static SliceKey of(EndpointSlice slice) {
            return new SliceKey(
                    slice.metadata().namespace(),
                    slice.serviceName(),
                    slice.metadata().name());
        }

        @Override
        public int compareTo(SliceKey other) {
            int order = namespace.compareTo(other.namespace);
            order = order != 0 ? order : service.compareTo(other.service);
            return order != 0 ? order : name.compareTo(other.name);
        }
    }

    private final PagedMap<ObjectKey, Resource> byKey;
    private final PagedMap<SliceKey, EndpointSlice> slices;

    private ResourceSet(PagedMap<ObjectKey, Resource> byKey, PagedMap<SliceKey, EndpointSlice> slices) {
        this.byKey = byKey;
        this.slices = slices;
    }

    /** A set of {@code resources}; of several with one key the last is taken. */
    public static ResourceSet of(Collection<? extends Resource> resources) {
        TreeMap<ObjectKey, Resource> sorted = new TreeMap<>();
        for (Resource r : resources) {
            sorted.put(r.key(), r);
        }
        PagedMap.Builder<ObjectKey, Resource> byKey = EMPTY.byKey.toBuilder();
        PagedMap.Builder<SliceKey, EndpointSlice> slices = EMPTY.slices.toBuilder();
        sorted.forEach((key, resource) -> {
            byKey.put(key, resource);
            if (resource instanceof EndpointSlice slice) {
                slices.put(SliceKey.of(slice), slice);
            }
        });
        return new ResourceSet(byKey.build(), slices.build());
    }

    /** This set with {@code resource} added or replaced. */
    public ResourceSet with(Resource resource) {
        ObjectKey key = resource.key();
        PagedMap<SliceKey, EndpointSlice> others = withoutSlice(key);
        return new ResourceSet(
                byKey.with(key, resource),
                resource instanceof EndpointSlice slice ? others.with(SliceKey.of(slice), slice) : others);
    }

    /** This set without the object of that key. */
    public ResourceSet without(ObjectKey key) {
        return new ResourceSet(byKey.without(key), withoutSlice(key));
    }

    private PagedMap<SliceKey, EndpointSlice> withoutSlice(ObjectKey key) {
        return byKey.get(key) instanceof EndpointSlice slice ? slices.without(SliceKey.of(slice)) : slices;
    }

    /** Every object, in the order of keys. */
    public Collection<Resource> all() {
        return byKey.values();
    }

    /** The object of that key, or null. */
    public @Nullable Resource get(ObjectKey key) {
        return byKey.get(key);
    }

    /** Every object of one kind, in the order of keys. */
    public <R extends Resource> List<R> all(Class<R> kind) {
        String name = kind.getSimpleName();
        return byKey.values(new ObjectKey(name, "", ""), new ObjectKey(name + "\0", "", "")).stream()
                .map(kind::cast)
                .toList();
    }

    /** The object of that kind and name, or null. */
    public <R extends Resource> @Nullable R get(Class<R> kind, String namespace, String name) {
        Resource r = byKey.get(new ObjectKey(kind.getSimpleName(), namespace, name));
        return r == null ? null : kind.cast(r);
    }

    /** The slices of a Service, in the order of names; empty if it has none. */
    public List<EndpointSlice> endpointSlices(String namespace, String service) {
        return slices.values(new SliceKey(namespace, service, ""), new SliceKey(namespace, service + "\0", ""));
    }

    /**
     * Calls {@code action} with what an object was and what it is now, null for none, wherever it is not equal to that of
     * an earlier set. Between two sets of which one was made of the other, or both of a third, it takes no longer than
     * the changes did; else as long as there are objects.
     */
    public void differences(ResourceSet before, BiConsumer<@Nullable Resource, @Nullable Resource> action) {
        byKey.differences(before.byKey, (key, then, now) -> {
            if (then == null || !then.equals(now)) {
                action.accept(then, now);
            }
        });
    }
}
