package dev.adit.exchange;

import org.jspecify.annotations.Nullable;

/** A request without its body, as the transport received it: nothing is decoded, normalised or removed. */
public interface RequestHead {
    /** The method, case-sensitive; {@code CONNECT} where there is a {@link #protocol}. */
    String method();

    /** The raw request target: origin form, absolute form, {@code *}, or an authority for a CONNECT without {@link #protocol}. */
    String target();

    /** The version the request came with. */
    HttpVersion version();

    /** The {@code :authority} of HTTP/2, or null on HTTP/1. */
    @Nullable
    String authority();

    /**
     * The {@code :protocol} of an extended CONNECT (RFC 8441 section 4), or null for every other request. Only a transport
     * that announces extended CONNECT to its clients has one.
     */
    default @Nullable String protocol() {
        return null;
    }

    /** The header fields. */
    Headers headers();
}
