/**
 * HTTP/1.1 as bytes, strictly read: what the transports share before {@link dev.adit.exchange} decides. It does no I/O and
 * knows no server's types: bytes go in as they come, heads, bodies and refusals come out. What has two readings is refused,
 * never repaired.
 *
 * <p>A client's request is read by a {@link dev.adit.wire.RequestReader}, then {@link dev.adit.wire.Framing} says how its
 * body's end is found, and a {@link dev.adit.wire.BodyReader} finds it. An upstream's answers are read by a
 * {@link dev.adit.wire.ResponseStream}, which knows of interim ones. Time is the transport's.
 *
 * <p>Only for the transports of this project: not part of the public API.
 */
@org.jspecify.annotations.NullMarked
package dev.adit.wire;
