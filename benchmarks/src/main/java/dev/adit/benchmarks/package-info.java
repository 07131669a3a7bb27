/** JMH benchmarks: {@code java -jar benchmarks/target/benchmarks.jar}. */
@org.jspecify.annotations.NullMarked
package dev.adit.benchmarks;
