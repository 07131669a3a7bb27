/** A gateway under mixed load for as long as one likes, while its manifests change and its endpoints are killed. */
@NullMarked
package dev.adit.benchmarks.soak;

import org.jspecify.annotations.NullMarked;
