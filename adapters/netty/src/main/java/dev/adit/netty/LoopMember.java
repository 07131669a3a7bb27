package dev.adit.netty;

import io.netty.channel.ChannelInboundHandlerAdapter;

/** A handler of one connection that its event loop watches over. Used on that loop's thread only. */
abstract class LoopMember extends ChannelInboundHandlerAdapter {
    /** Means that nothing is waited for. */
    static final long NEVER = Long.MAX_VALUE;

    final Loop loop;
    /** Position in the loop's list, or -1. */
    int slot = -1;

    private long pendingBytes;
    private long sendDeadline = NEVER;

    LoopMember(Loop loop) {
        this.loop = loop;
    }

    /** Whether a drain waits for it: the connection of a client, or a tunnel. */
    boolean isClient() {
        return true;
    }

    /** Called a few times a second: see to the timeouts. */
    abstract void tick(long now);

    /** The gateway wants to end: finish what is under way, then close. */
    abstract void drain();

    /** The gateway ends now. */
    abstract void closeNow();

    /**
     * Whether the bytes that wait to be sent have not moved for {@code timeout} nanoseconds.
     *
     * @param pending how many wait now
     */
    final boolean sendStalled(long pending, long now, long timeout) {
        if (pending == 0) {
            sendDeadline = NEVER;
        } else if (pending != pendingBytes || sendDeadline == NEVER) {
            sendDeadline = now + timeout;
        }
        pendingBytes = pending;
        return now > sendDeadline;
    }
}
