package dev.adit.manifest;

import dev.adit.diagnostic.Diagnostic;
import java.util.ArrayList;
import java.util.List;

/**
 * What a reader made of its input.
 *
 * @param resources the objects that can be used, in the order they were read
 * @param diagnostics everything that was found, in the order of the input
 */
public record Manifests(List<Resource> resources, List<Diagnostic> diagnostics) {
    /** Nothing was read and nothing found. */
    public static final Manifests EMPTY = new Manifests(List.of(), List.of());

    public Manifests {
        resources = List.copyOf(resources);
        diagnostics = List.copyOf(diagnostics);
    }

    /** These manifests followed by others. */
    public Manifests and(Manifests others) {
        List<Resource> r = new ArrayList<>(resources);
        r.addAll(others.resources);
        List<Diagnostic> d = new ArrayList<>(diagnostics);
        d.addAll(others.diagnostics);
        return new Manifests(r, d);
    }

    /** The objects by key; of several objects with one key the last is taken, as applying them in order would do. */
    public ResourceSet resourceSet() {
        return ResourceSet.of(resources);
    }
}
