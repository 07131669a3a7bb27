package dev.adit.manifest;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads manifests: YAML or JSON, several documents, {@code List} objects. Never throws for its input; says what is wrong. */
public final class ManifestReader {
    /** For files: an object that the API server would refuse is left out (but for loopback endpoints) and reported. */
    public static ManifestReader strict() {
        throw new UnsupportedOperationException();
    }

    /** For objects of a cluster: what cannot be used is left out path by path and reported. */
    public static ManifestReader lenient() {
        throw new UnsupportedOperationException();
    }

    /** Reads files, and the {@code .yaml}, {@code .yml} and {@code .json} files below directories, in the order of names. */
    public Manifests read(List<Path> paths) {
        throw new UnsupportedOperationException();
    }

    /** Reads one file's content. */
    public Manifests read(String source, byte[] content) {
        throw new UnsupportedOperationException();
    }

    /** Reads text. */
    public Manifests read(String source, String content) {
        throw new UnsupportedOperationException();
    }

    /** What the API server would find in an update from {@code old}; null = a creation. */
    public List<dev.adit.diagnostic.Diagnostic> validate(Resource resource, @Nullable Resource old) {
        throw new UnsupportedOperationException();
    }
}
