/** How long a gateway takes to follow a change of one object. */
package dev.adit.benchmarks.update;
