package dev.adit.wire;

/**
 * Reads the answers on one upstream connection, each after any interim ones (RFC 9110 section 15.2).
 *
 * <pre>
 *            ┌── interim: told, and on to the next
 *            ▼ │
 *  expect ──▶ HEAD ──final──▶ body ──▶ expect
 *              └──101, if it was asked for──▶ what follows is no HTTP any more
 * </pre>
 *
 * Not thread-safe.
 */
public final class ResponseStream {
    private static final int MAX_INTERIMS = 32;

    private final ResponseReader head;
    private final BodyReader body;
    private boolean headRequest;
    private boolean upgrade;
    private int interims;

    /** A stream that refuses what breaks {@code limits}. */
    public ResponseStream(MessageLimits limits) {
        head = new ResponseReader(limits);
        body = new BodyReader(limits);
    }

    /**
     * A request is about to be sent.
     *
     * @param headRequest whether its method is HEAD
     * @param upgrade whether it asks for another protocol
     */
    public void expect(boolean headRequest, boolean upgrade) {
        this.headRequest = headRequest;
        this.upgrade = upgrade;
        interims = 0;
        head.reset();
        body.start(Framing.NONE);
    }

    /** The head that was read last: an interim one until it is {@link #next}. */
    public ResponseReader head() {
        return head;
    }

    /** Whether the head that was read last is one after which another comes. */
    public boolean isInterim() {
        return head.status() < 200 && !isTunnel();
    }

    /** Whether the head that was read last says that what follows is no HTTP any more. */
    public boolean isTunnel() {
        return head.status() == 101;
    }

    /**
     * Judges the {@link #head}, which is complete now, and makes the {@link #body} ready. After an interim one the head is
     * still there to be told; {@link #next} goes on.
     *
     * @return how the end of the body is found
     * @throws BadMessageException if it is no answer to what was asked, or has two readings
     */
    public Framing begin() throws BadMessageException {
        Framing framing = Framing.ofResponse(head, head.version(), headRequest);
        if (isTunnel() && !upgrade) {
            throw new BadMessageException("101 unasked");
        }
        if (isInterim() && ++interims > MAX_INTERIMS) {
            throw new BadMessageException("too many interim answers");
        }
        body.start(framing);
        return framing;
    }

    /** The interim head was told: the next one may be read. */
    public void next() {
        head.reset();
    }

    /** The body of the final answer. */
    public BodyReader body() {
        return body;
    }
}
