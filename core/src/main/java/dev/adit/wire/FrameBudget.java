package dev.adit.wire;

/**
 * How much work that moves no request a peer may still cause on its HTTP/2 connection: frames that only keep us busy, and
 * streams that end before their answer (the floods of CVE-2019-9511 to 9518 and CVE-2023-44487). Whoever makes use of the
 * connection earns more; so the budget hinders no busy peer, and any flood runs dry. Confined to one thread.
 */
public final class FrameBudget {
    /** A peer may do this much at once. */
    public static final int CAPACITY = 2000;
    /** A fifth of a second gives this much back. */
    public static final int REFILL = 20;

    /** What a frame costs that carries nothing. */
    public static final int FRAME = 1;
    /** Settings are applied to every stream, and acknowledged. */
    public static final int SETTINGS = 10;
    /** A request that was sent to an upstream for nothing. */
    public static final int STREAM_WASTED = 10;

    /** What a request earns that was answered. */
    public static final int STREAM_ANSWERED = 20;
    /** A receiver may answer each piece with a ping and two updates of windows. */
    public static final int DATA_SENT = 4;

    private int left = CAPACITY;

    /** A whole budget. */
    public FrameBudget() {}

    /** Takes {@code cost}, which may be more than is left. */
    public void spend(int cost) {
        left -= cost;
    }

    /** Gives {@code gain} back, up to the capacity; nothing to who has spent all. */
    public void earn(int gain) {
        if (left > 0) {
            left = Math.min(CAPACITY, left + gain);
        }
    }

    /** Whether nothing is left. */
    public boolean exhausted() {
        return left <= 0;
    }
}
