package dev.adit.exchange;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.random.RandomGenerator;

/**
 * Whether an endpoint has understood that it is asked for a WebSocket (RFC 6455 sections 1.3 and 4.1). A client asks with a
 * key of its own, but for one that asks on a stream of HTTP/2, and needs none: there the key is ours.
 */
final class WebSocketKey {
    private static final String SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int BYTES = 16;

    private final String text;

    WebSocketKey(RandomGenerator random) {
        byte[] nonce = new byte[BYTES];
        random.nextBytes(nonce);
        text = Base64.getEncoder().encodeToString(nonce);
    }

    /** The value of {@code Sec-WebSocket-Key}. */
    String text() {
        return text;
    }

    /** Whether the fields of a 101 say that it was meant for this key. */
    boolean isAnsweredBy(Headers answer) {
        return answer.count("Upgrade") == 1
                && Upgrade.WEBSOCKET.equalsIgnoreCase(answer.get("Upgrade"))
                && Fields.listHolds(answer, "Connection", "upgrade")
                && answer.count("Sec-WebSocket-Accept") == 1
                && accept().equals(answer.get("Sec-WebSocket-Accept"));
    }

    private String accept() {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            return Base64.getEncoder().encodeToString(sha1.digest((text + SUFFIX).getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
