/** The matcher beside routers that are not ours, on equal tables and requests. {@code benchmarks/matcher/run.sh} runs it all. */
@org.jspecify.annotations.NullMarked
package dev.adit.benchmarks.matcher;
