/** Which rule serves a host and a path: a host map over a trie of path segments. No dependencies. */
@org.jspecify.annotations.NullMarked
package dev.adit.matcher;
