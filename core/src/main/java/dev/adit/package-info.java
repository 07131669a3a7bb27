/** The gateway: manifests in, decisions out. Start at {@link dev.adit.Gateway}. */
@org.jspecify.annotations.NullMarked
package dev.adit;
