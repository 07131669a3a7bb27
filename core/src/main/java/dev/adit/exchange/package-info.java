/**
 * The sans-I/O life of one request: a transport performs the steps that an exchange hands out.
 *
 * <p>What decides, in this order; the first that answers ends it:
 *
 * <ol>
 *   <li>the method (400, 405, 501) and the length of the target (414)
 *   <li>the host, wherever it is named (400)
 *   <li>the path and query (400)
 *   <li>the certificate that the connection was opened for (421, if the settings ask for it)
 *   <li>what clients of the host must show: in clear text its redirect to HTTPS, else 403, unless the rule itself is for challenges of ACME; 403 if it
 *       cannot be judged; 421 if the connection was opened for another name; 400, or a redirect, without a good certificate; 403 for another client's
 *   <li>the route, else the default route (404)
 *   <li>its limit of bodies, by {@code Content-Length} (413); a body without one is counted as it comes
 *   <li>the route's redirect, then its redirect to HTTPS
 *   <li>its rewrite (400 if it leads out of the root)
 *   <li>its external authentication (401, 403, 500, or a redirect to sign in)
 *   <li>its canary: header, cookie, weight
 *   <li>its backend, then the fallback of that (503)
 *   <li>its mirrors, which get copies and have no say
 *   <li>once the upstream answered or failed: its retries, then its error pages
 * </ol>
 */
@org.jspecify.annotations.NullMarked
package dev.adit.exchange;
