/** The Undertow transport: moves the bytes of what a gateway decides, on the server's own IO threads. */
@org.jspecify.annotations.NullMarked
package dev.adit.undertow;
