package dev.adit.netty;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Finds out whether a client and this server have a protocol in common, which OpenSSL, as Netty drives it, does not ask: it would go on
 * without one, and a connection that was meant for another protocol would be read as HTTP (RFC 7301 section 3.2).
 *
 * <pre>
 *   hello:     version 2 | random 32 | session ID 1+n | cipher suites 2+n | compression 1+n | extensions 2+n
 *   extension: type 2 | length 2 | for type 16: length 2 | protocols, 1+n each
 * </pre>
 */
final class ApplicationProtocols {
    private static final int ALPN = 16;

    private ApplicationProtocols() {}

    /**
     * Whether a client says none, or one of ours.
     *
     * @param hello a ClientHello without its handshake header; true for one that is broken, which is for OpenSSL to refuse
     */
    static boolean haveOneOf(List<String> ours, ByteBuf hello) {
        try {
            int at = hello.readerIndex() + 2 + 32;
            at += 1 + hello.getUnsignedByte(at);
            at += 2 + hello.getUnsignedShort(at);
            at += 1 + hello.getUnsignedByte(at);
            int end = at + 2 + hello.getUnsignedShort(at);
            for (at += 2; at < end; at += 4 + hello.getUnsignedShort(at + 2)) {
                if (hello.getUnsignedShort(at) == ALPN) {
                    return offers(hello, at + 4, ours);
                }
            }
            return true;
        } catch (IndexOutOfBoundsException e) {
            return true;
        }
    }

    private static boolean offers(ByteBuf hello, int list, List<String> ours) {
        int end = list + 2 + hello.getUnsignedShort(list);
        for (int at = list + 2; at < end; at += 1 + hello.getUnsignedByte(at)) {
            if (ours.contains(hello.toString(at + 1, hello.getUnsignedByte(at), StandardCharsets.US_ASCII))) {
                return true;
            }
        }
        return false;
    }
}
