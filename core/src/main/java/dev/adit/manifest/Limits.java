package dev.adit.manifest;

/** What the reader accepts before it spends memory on it. */
final class Limits {
    /** Bytes of one document; objects of a cluster are at most about 1.5 MiB. */
    static final int DOCUMENT_BYTES = 2 << 20;

    /** Bytes of one file, whatever number of documents it holds. */
    static final int FILE_BYTES = 16 << 20;

    /** Bytes of all files of one call. */
    static final long TOTAL_BYTES = 256L << 20;

    /** Files of one call. */
    static final int FILES = 50_000;

    /** Folders inside folders. */
    static final int FOLDER_DEPTH = 32;

    /** Lists and objects inside each other. */
    static final int NESTING = 50;

    /** Aliases of one document that stand for a list or an object. */
    static final int ALIASES = 50;

    /** Values of one document, after aliases are expanded: fifty aliases can still name each other. */
    static final int VALUES = 400_000;

    private Limits() {}
}
