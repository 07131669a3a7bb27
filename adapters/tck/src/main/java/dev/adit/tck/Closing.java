package dev.adit.tck;

import org.jspecify.annotations.Nullable;

/** A transport that is being closed while requests are under way: on a thread of its own, as closing waits for them. */
final class Closing implements Runnable {
    private final Subject subject;
    private final Moment moment;
    private boolean done;
    private @Nullable Exception failure;

    Closing(Subject subject, Moment moment) {
        this.subject = subject;
        this.moment = moment;
    }

    @Override
    public void run() {
        Exception thrown = null;
        try {
            subject.close();
        } catch (Exception e) {
            thrown = e;
        }
        synchronized (moment) {
            failure = thrown;
            done = true;
            moment.changed();
        }
    }

    /** Waits for the end of it. */
    void await() {
        moment.await("the transport to be closed", () -> done);
        if (failure != null) {
            throw new AssertionError("the transport could not be closed", failure);
        }
    }
}
