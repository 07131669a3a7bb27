/** Races that jcstress runs, in the package whose insides they look at: {@code benchmarks/jcstress/run.sh}. */
@org.jspecify.annotations.NullMarked
package dev.adit.balancer;
