package dev.adit.exchange;

/** An upstream's answer without its body. */
public interface ResponseHead {
    /** 100 to 599. */
    int status();

    /** The header fields. */
    Headers headers();
}
