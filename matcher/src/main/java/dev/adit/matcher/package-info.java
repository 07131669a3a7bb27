/**
 * Which rule serves a host and a path, as a Kubernetes Ingress decides it. No dependencies.
 *
 * <p>{@link dev.adit.matcher.RouteMatcher} chooses one host group with a {@link dev.adit.matcher.HostMap} and then one rule of that group by
 * looking up the prefixes of the path, the longest first. Both are immutable values: build one, share it with every thread, and replace it as a whole.
 * Nothing here reads a clock, starts a thread or keeps a reference to a request.
 */
@NullMarked
package dev.adit.matcher;

import org.jspecify.annotations.NullMarked;
