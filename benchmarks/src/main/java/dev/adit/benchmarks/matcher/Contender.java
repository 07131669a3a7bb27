package dev.adit.benchmarks.matcher;

import java.nio.charset.StandardCharsets;

/** Routes requests to rules. */
interface Contender {
    int NOTHING = -1;

    /** The id of the rule that serves a host and a path, or {@link #NOTHING}. */
    int find(String host, String path);

    /** The same for texts that stand in the bytes that a server has read. Routers that want strings have to make them. */
    default int find(byte[] text, int host, int hostLength, int path, int pathLength) {
        return find(
                new String(text, host, hostLength, StandardCharsets.ISO_8859_1),
                new String(text, path, pathLength, StandardCharsets.ISO_8859_1));
    }
}
