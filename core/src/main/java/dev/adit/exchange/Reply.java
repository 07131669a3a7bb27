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
 * @param body plain text, possibly empty; not sent for HEAD
 * @param close whether the client's connection must be closed afterwards
 */
public record Reply(int status, String reason, List<Map.Entry<String, String>> headers, String body, boolean close)
        implements Step {
    /** The body's bytes. */
    public byte[] bytes() {
        return body.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void perform(StepHandler handler) {
        handler.reply(this);
    }
}
