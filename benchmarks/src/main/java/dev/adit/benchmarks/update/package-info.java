/** How long a gateway takes to follow a change of one object. {@code benchmarks/update/run.sh} runs it. */
@org.jspecify.annotations.NullMarked
package dev.adit.benchmarks.update;
