package dev.adit.route;

/** What an upstream speaks. */
public enum Protocol {
    /** HTTP/1.1 in clear text. */
    HTTP,
    /** HTTP/1.1 over TLS. */
    HTTPS,
    /** HTTP/2 in clear text, with prior knowledge. */
    H2C
}
