package dev.adit.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrefaceTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "|POSSIBLE",
                "P|POSSIBLE",
                "PRI * HTTP/2.0~~SM~|POSSIBLE",
                "PRI * HTTP/2.0~~SM~~|PRESENT",
                "PRI * HTTP/2.0~~SM~~more|PRESENT",
                "PRI * HTTP/2.0~~SM~x|ABSENT",
                "POST|ABSENT",
                "PRI * HTTP/1.1|ABSENT",
            })
    void isFound(String text, Preface preface) {
        String given = text == null ? "" : text.replace("~", "\r\n");
        byte[] bytes = ("--" + given + "--").getBytes(StandardCharsets.ISO_8859_1);

        assertThat(Preface.in(bytes, 2, bytes.length - 2)).isEqualTo(preface);
    }
}
