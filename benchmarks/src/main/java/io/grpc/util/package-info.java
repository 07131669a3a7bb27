/** Doors to what gRPC keeps to itself. */
package io.grpc.util;
