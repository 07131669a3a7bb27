/** The judge that every transport must pass: extend {@link dev.adit.tck.TransportTck}. */
@org.jspecify.annotations.NullMarked
package dev.adit.tck;
