package dev.adit.sources;

/** Placeholder. */
public final class DirectorySource {
    private DirectorySource() {}
}
