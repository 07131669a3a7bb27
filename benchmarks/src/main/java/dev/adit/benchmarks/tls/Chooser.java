package dev.adit.benchmarks.tls;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Chooses what stands for a certificate. */
interface Chooser {
    /** What answers the server name {@code hello[from, from + length)}: as a server gets it, in the bytes of a hello. */
    default @Nullable Object choose(byte[] hello, int from, int length) {
        return choose(new String(hello, from, length, StandardCharsets.ISO_8859_1));
    }

    /** The same for a server that has a string of it, of which it knows the hash already. */
    @Nullable
    Object choose(String name);

    /** The number of the certificate that a choice stands for. */
    int number(@Nullable Object choice);
}
