/** What Adit has to say about its input: one record per finding. */
@org.jspecify.annotations.NullMarked
package dev.adit.diagnostic;
