/** Kubernetes objects as records with source positions, their reader and their validation. */
@org.jspecify.annotations.NullMarked
package dev.adit.manifest;
