package dev.adit.netty;

/**
 * How much work that moves no request a peer may still cause on its HTTP/2 connection: frames that only keep us busy, and
 * streams that end before their answer (the floods of CVE-2019-9511 to 9518 and CVE-2023-44487). Whoever makes use of the
 * connection earns more; so the budget hinders no busy peer, and any flood runs dry.
 */
final class FrameBudget {
    /** A peer may do this much at once. */
    static final int CAPACITY = 2000;
    /** Each tick of the loop gives this much back. */
    static final int REFILL = 20;

    static final int FRAME = 1;
    /** Settings are applied to every stream, and acknowledged. */
    static final int SETTINGS = 10;
    /** A request that was sent to an upstream for nothing. */
    static final int STREAM_WASTED = 10;

    static final int STREAM_ANSWERED = 20;
    /** A receiver may answer each piece with a ping and two updates of windows. */
    static final int DATA_SENT = 4;

    private int left = CAPACITY;

    void spend(int cost) {
        left -= cost;
    }

    void earn(int gain) {
        if (left > 0) {
            left = Math.min(CAPACITY, left + gain);
        }
    }

    boolean exhausted() {
        return left <= 0;
    }
}
