/** Which endpoint serves a request: pools, leases, policies and health. No dependencies and no threads; time and chance are given to it. */
@org.jspecify.annotations.NullMarked
package dev.adit.balancer;
