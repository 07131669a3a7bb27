package dev.adit.policy;

import java.util.Set;

/**
 * Replace answers by those of a service that knows how to put it: the client gets that service's status, fields and body.
 * Replaced are answers of the upstream, and the gateway's own where no upstream answered; not what an external
 * authentication says.
 *
 * @param statuses 400 to 599
 * @param maxBytes the longest body of a page, in bytes; a longer one is not used
 */
public record ErrorPages(Set<Integer> statuses, int maxBytes) {
    /** 256 KiB. */
    public static final int DEFAULT_MAX_BYTES = 256 * 1024;

    public ErrorPages {
        statuses = Set.copyOf(statuses);
        if (maxBytes < 1) {
            throw new IllegalArgumentException("no page fits into " + maxBytes + " bytes");
        }
        for (int status : statuses) {
            if (status < 400 || status > 599) {
                throw new IllegalArgumentException("not the status of an error: " + status);
            }
        }
    }
}
