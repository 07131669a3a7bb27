/** Which certificate answers a TLS hello: PEM reading, the certificate table, hot swap. */
@org.jspecify.annotations.NullMarked
package dev.adit.tls;
