/** Immutable collections that share what did not change. Not exported. */
@org.jspecify.annotations.NullMarked
package dev.adit.collection;
