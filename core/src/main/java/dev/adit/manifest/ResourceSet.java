package dev.adit.manifest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All objects at one moment, one per key. Immutable; iteration is in the order of keys, so two replicas agree. */
public final class ResourceSet {
    /** No objects. */
    public static final ResourceSet EMPTY = of(List.of());

    private final Map<ObjectKey, Resource> byKey;
    private final Map<String, List<EndpointSlice>> slicesByService;

    private ResourceSet(SortedMap<ObjectKey, Resource> byKey) {
        this.byKey = Collections.unmodifiableMap(byKey);
        Map<String, List<EndpointSlice>> slices = new HashMap<>();
        for (Resource r : byKey.values()) {
            if (r instanceof EndpointSlice s) {
                slices.computeIfAbsent(s.metadata().namespace() + "/" + s.serviceName(), k -> new ArrayList<>())
                        .add(s);
            }
        }
        this.slicesByService = slices;
    }

    /** A set of {@code resources}; of several with one key the last is taken. */
    public static ResourceSet of(Collection<? extends Resource> resources) {
        TreeMap<ObjectKey, Resource> map = new TreeMap<>();
        for (Resource r : resources) {
            map.put(r.key(), r);
        }
        return new ResourceSet(map);
    }

    /** This set with {@code resource} added or replaced. */
    public ResourceSet with(Resource resource) {
        TreeMap<ObjectKey, Resource> map = new TreeMap<>(byKey);
        map.put(resource.key(), resource);
        return new ResourceSet(map);
    }

    /** This set without the object of that key. */
    public ResourceSet without(ObjectKey key) {
        TreeMap<ObjectKey, Resource> map = new TreeMap<>(byKey);
        map.remove(key);
        return new ResourceSet(map);
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
        return byKey.values().stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The object of that kind and name, or null. */
    public <R extends Resource> @Nullable R get(Class<R> kind, String namespace, String name) {
        Resource r = byKey.get(new ObjectKey(kind.getSimpleName(), namespace, name));
        return r == null ? null : kind.cast(r);
    }

    /** The slices of a Service, in the order of names; empty if it has none. */
    public List<EndpointSlice> endpointSlices(String namespace, String service) {
        return slicesByService.getOrDefault(namespace + "/" + service, List.of());
    }
}
