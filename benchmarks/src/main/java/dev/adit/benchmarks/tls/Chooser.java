package dev.adit.benchmarks.tls;

import org.jspecify.annotations.Nullable;

/** Chooses what stands for a certificate. */
interface Chooser {
    /** What answers the {@code query}th of the names asked for. */
    @Nullable
    Object choose(int query);

    /** The number of the certificate that a choice stands for. */
    int number(@Nullable Object choice);
}
