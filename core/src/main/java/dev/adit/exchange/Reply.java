package dev.adit.exchange;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Answer the client without an upstream.
 *
 * @param status 200 to 599
 * @param reason why, in stable words with hyphens, such as {@code no-endpoints}: for logs and {@code adit route}, not for
 *     the client
 * @param headers fields to send, without framing, in order
 * @param bytes the body, possibly empty; not sent for HEAD. Not to be changed
 * @param close whether the client's connection must be closed afterwards
 */
public record Reply(int status, String reason, List<Map.Entry<String, String>> headers, byte[] bytes, boolean close)
        implements Step {
    /** A reply of plain text. */
    public Reply(int status, String reason, List<Map.Entry<String, String>> headers, String body, boolean close) {
        this(status, reason, headers, body.getBytes(StandardCharsets.UTF_8), close);
    }

    /** The body as text. */
    public String body() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void perform(StepHandler handler) {
        handler.reply(this);
    }
}
