/** Typed policies: what annotations and settings compile to. */
@org.jspecify.annotations.NullMarked
package dev.adit.policy;
