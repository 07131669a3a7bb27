package dev.adit.wire;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The answer to a client whose request was not read to its end, as bytes: the last one on its connection. */
public final class Refusal {
    /** IMF-fixdate (RFC 9110 section 5.6.7). */
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private Refusal() {}

    /** The answer with {@code status}. */
    public static byte[] bytes(int status, Instant now) {
        String answer = "HTTP/1.1 " + status + " " + reason(status) + "\r\nDate: " + DATE.format(now)
                + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        return answer.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String reason(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 408 -> "Request Timeout";
            case 414 -> "URI Too Long";
            case 431 -> "Request Header Fields Too Large";
            case 505 -> "HTTP Version Not Supported";
            default -> "";
        };
    }
}
