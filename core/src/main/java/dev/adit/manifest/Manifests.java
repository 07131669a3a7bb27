package dev.adit.manifest;

import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Diagnostic;
import dev.adit.diagnostic.Effect;
import dev.adit.diagnostic.Severity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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

    /** All parts in order; an object that a later part writes again is reported, as within one part. */
    public static Manifests concat(List<Manifests> parts) {
        List<Resource> resources = new ArrayList<>();
        List<Diagnostic> diagnostics = new ArrayList<>();
        Map<ObjectKey, Resource> seen = new HashMap<>();
        for (Manifests part : parts) {
            diagnostics.addAll(part.diagnostics);
            for (Resource resource : part.resources) {
                Resource before = seen.get(resource.key());
                if (before != null) {
                    diagnostics.add(writtenAgain(before, resource));
                }
            }
            part.resources.forEach(r -> seen.put(r.key(), r));
            resources.addAll(part.resources);
        }
        return new Manifests(resources, diagnostics);
    }

    static Diagnostic writtenAgain(Resource before, Resource resource) {
        return new Diagnostic(
                Severity.WARNING,
                Code.DUPLICATE_OBJECT,
                before.key().toString(),
                "",
                before.position(""),
                "The object at " + before.position("") + " is written again at " + resource.position("")
                        + ", and the last one counts.",
                Effect.IGNORED,
                "keep one of the two");
    }

    /** The objects by key; of several objects with one key the last is taken, as applying them in order would do. */
    public ResourceSet resourceSet() {
        return ResourceSet.of(resources);
    }
}
