/** Immutable collections that share what did not change. */
@org.jspecify.annotations.NullMarked
package dev.adit.collection;
