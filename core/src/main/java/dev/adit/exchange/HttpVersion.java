package dev.adit.exchange;

/** The protocol version a message came with. */
public enum HttpVersion {
    HTTP_1_0,
    HTTP_1_1,
    HTTP_2
}
