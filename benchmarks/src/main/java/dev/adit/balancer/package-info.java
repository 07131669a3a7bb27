/** Races that jcstress runs, in the package whose insides they look at: {@code benchmarks/jcstress/run.sh}. */
package dev.adit.balancer;
