package dev.adit.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalTest {
    @ParameterizedTest
    @CsvSource({
        "400, Bad Request",
        "408, Request Timeout",
        "414, URI Too Long",
        "431, Request Header Fields Too Large",
        "505, HTTP Version Not Supported"
    })
    void isAWholeAnswerAndTheLast(int status, String reason) {
        byte[] bytes = Refusal.bytes(status, Instant.parse("1994-11-06T08:49:37Z"));

        assertThat(new String(bytes, StandardCharsets.US_ASCII))
                .isEqualTo("HTTP/1.1 " + status + " " + reason + "\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                        + "Content-Length: 0\r\nConnection: close\r\n\r\n");
    }
}
