package dev.adit.policy;

import java.util.Objects;

/**
 * Send a copy of each request elsewhere. Its answer is discarded, its failure noticed by nobody.
 *
 * @param host the Host of the copy; empty for the request's own
 * @param prefix is put before the path; empty for nothing
 * @param maxBody the longest body that is copied, in bytes; a request with a longer one is not mirrored. 0: every request is
 *     mirrored without its body
 */
public record Mirror(String host, String prefix, int maxBody) {
    public Mirror {
        Objects.requireNonNull(host);
        Objects.requireNonNull(prefix);
        if (maxBody < 0) {
            throw new IllegalArgumentException("a negative number of bytes");
        }
    }
}
