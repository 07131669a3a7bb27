/** What it costs to choose a certificate by server name, here and elsewhere: {@code benchmarks/tls/run.sh}. */
@org.jspecify.annotations.NullMarked
package dev.adit.benchmarks.tls;
