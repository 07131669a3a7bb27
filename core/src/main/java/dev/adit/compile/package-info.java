/** The compiler: from manifests to a route table. Not exported. */
@org.jspecify.annotations.NullMarked
package dev.adit.compile;
