/** The Netty transport. */
@org.jspecify.annotations.NullMarked
package dev.adit.netty;
