package dev.adit.exchange;

/**
 * A copy of a request that is sent besides it. Its answer is discarded, its failure ignored; the request never waits for
 * it, and it may outlive the exchange. Write its head before the exchange is closed.
 */
public interface Mirrored extends UpstreamRequest {
    /**
     * How many bytes the request's body may have. It is sent once the request is there as a whole; if its body turns out
     * longer, it is not sent at all. 0: send it at once, without a body. At most {@link Forward#replayLimit}.
     */
    int bodyLimit();
}
