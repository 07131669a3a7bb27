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

    /** Documents of one file. */
    static final int DOCUMENTS = 100_000;

    /** Values of one document. */
    static final int VALUES = 400_000;

    /** Values that the aliases of one document may add to those it writes: fifty aliases can name each other. */
    static final int ALIASED_VALUES = 10_000;

    /** Values that the aliases of one file may add. */
    static final int ALIASED_VALUES_OF_FILE = 100_000;

    /** Findings about one object. */
    static final int FINDINGS = 1_000;

    /** Diagnostics of one call. */
    static final int DIAGNOSTICS = 20_000;

    private Limits() {}
}
