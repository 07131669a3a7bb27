package dev.adit.exchange;

/** What a transport can do. */
public interface StepHandler {
    /**
     * Connect to {@link Forward#endpoint()}, send the head and the body, and report with {@link Exchange#upstreamHead}
     * or {@link Exchange#upstreamFailed}.
     */
    void forward(Forward forward);

    /** Send the upstream's answer to the client: the head as {@link Relay#writeHead} gives it, then the body as it comes. */
    void relay(Relay relay);

    /** Answer the client. If an attempt at an upstream is open, it is given up. */
    void reply(Reply reply);
}
