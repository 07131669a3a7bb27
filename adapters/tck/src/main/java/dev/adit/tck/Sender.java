package dev.adit.tck;

/** Whose sending can get stuck: a connection, or a stream of one. */
interface Sender {
    /** For messages about failures. */
    String name();

    /** Whether anything is left to be handed to the kernel. */
    boolean isSending();

    /** Bytes that were handed over. */
    long written();
}
