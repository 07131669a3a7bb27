/** What it costs to choose an endpoint: {@code java -jar benchmarks/target/benchmarks.jar benchmarks.balancer}. */
@org.jspecify.annotations.NullMarked
package dev.adit.benchmarks.balancer;
