package dev.adit.exchange;

import org.jspecify.annotations.Nullable;

/** A request without its body, as the transport received it: nothing is decoded, normalised or removed. */
public interface RequestHead {
    /** The method, case-sensitive. */
    String method();

    /** The raw request target: origin form, absolute form, {@code *}, or an authority for CONNECT. */
    String target();

    /** The version the request came with. */
    HttpVersion version();

    /** The {@code :authority} of HTTP/2, or null on HTTP/1. */
    @Nullable
    String authority();

    /** The header fields. */
    Headers headers();
}
