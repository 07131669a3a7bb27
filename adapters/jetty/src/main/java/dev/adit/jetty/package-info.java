/** Serves a gateway with Jetty: its server in front, its client behind. */
@org.jspecify.annotations.NullMarked
package dev.adit.jetty;
