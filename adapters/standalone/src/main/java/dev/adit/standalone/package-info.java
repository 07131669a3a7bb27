/** The runnable gateway and command line. */
@org.jspecify.annotations.NullMarked
package dev.adit.standalone;
