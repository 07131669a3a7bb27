/** Which endpoint serves a request: pools, leases and policies. No dependencies, no clock, no threads. */
@org.jspecify.annotations.NullMarked
package dev.adit.balancer;
