/** Where manifests come from: a directory that is watched. */
@org.jspecify.annotations.NullMarked
package dev.adit.sources;
