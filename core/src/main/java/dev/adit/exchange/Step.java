package dev.adit.exchange;

/** What a transport has to do next for an {@link Exchange}. A new kind of step breaks every transport at compile time. */
public sealed interface Step permits Forward, Consult, Await, Relay, Reply {
    /** Calls the method of {@code handler} that is meant for this kind of step. */
    void perform(StepHandler handler);
}
