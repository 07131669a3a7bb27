package dev.adit.exchange;

/** What a transport can do. Every step but {@link #relay} gives up an attempt at an upstream that is still open. */
public interface StepHandler {
    /**
     * Connect to {@link Forward#endpoint()}, send the head and the body, and report with {@link Exchange#upstreamHead}
     * or {@link Exchange#upstreamFailed}.
     */
    void forward(Forward forward);

    /** Send the sub-request, and report with {@link Exchange#consulted} or {@link Exchange#consultFailed}. */
    void consult(Consult consult);

    /** Have {@link Exchange#awaited} called when there is room, or when the time is over. */
    void await(Await await);

    /** Send the upstream's answer to the client: the head as {@link Relay#writeHead} gives it, then the body as it comes. */
    void relay(Relay relay);

    /** Answer the client. */
    void reply(Reply reply);
}
