package dev.adit.manifest;

import dev.adit.diagnostic.SourcePosition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the entries of one mapping and notices keys that are written twice. */
final class MappingBuilder {
    private final Map<String, Value.Entry> entries = new LinkedHashMap<>();
    private final List<Value.Duplicate> duplicates = new ArrayList<>(0);

    void put(String key, SourcePosition position, Value value) {
        Value.Entry before = entries.put(key, new Value.Entry(position, value));
        if (before != null) {
            duplicates.add(new Value.Duplicate(key, before.key(), position));
        }
    }

    /** Adds what a merge key brings: keys that are there already stay. */
    void merge(Value.Mapping other) {
        other.entries().forEach(entries::putIfAbsent);
    }

    Value.Mapping build(SourcePosition position) {
        return new Value.Mapping(position, entries, List.copyOf(duplicates));
    }
}
