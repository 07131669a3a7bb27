/** What it costs to choose an endpoint, here and elsewhere: {@code benchmarks/balancer/run.sh}. */
@org.jspecify.annotations.NullMarked
package dev.adit.benchmarks.balancer;
