/** What manifests compile to: routes, backends and the immutable route table. */
@org.jspecify.annotations.NullMarked
package dev.adit.route;
