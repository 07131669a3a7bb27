package dev.adit;

import dev.adit.manifest.Manifests;
import java.util.function.Consumer;

/** Where manifests come from. */
public interface ConfigSource extends AutoCloseable {
    /**
     * Reads once and hands the result to {@code consumer} before it returns; then again, from a thread of its own and one
     * call at a time, whenever something changed, until it is closed.
     */
    void start(Consumer<Manifests> consumer);

    /** Stops; no call is made afterwards. */
    @Override
    void close();
}
