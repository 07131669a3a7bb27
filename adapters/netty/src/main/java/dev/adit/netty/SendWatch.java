package dev.adit.netty;

/** Notices that what was written to a peer does not leave. */
final class SendWatch {
    private int begun;
    private int done;
    private int seen;
    private long deadline = LoopMember.NEVER;

    /** Something was written. */
    void begun() {
        begun++;
    }

    /** The oldest of it has left, or never will. */
    void done() {
        done++;
    }

    /** Whether something has waited for {@code timeout} nanoseconds, and nothing left meanwhile. */
    boolean stalled(long now, long timeout) {
        if (begun == done) {
            deadline = LoopMember.NEVER;
        } else if (done != seen || deadline == LoopMember.NEVER) {
            deadline = now + timeout;
        }
        seen = done;
        return now > deadline;
    }
}
