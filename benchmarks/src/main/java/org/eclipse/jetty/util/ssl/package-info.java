/** A door to what Jetty keeps to itself. */
package org.eclipse.jetty.util.ssl;
