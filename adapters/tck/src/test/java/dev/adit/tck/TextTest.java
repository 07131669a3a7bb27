package dev.adit.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextTest {
    @Property(tries = 200)
    void everyByteCanBeWritten(@ForAll byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            text.append(String.format("\\x%02x", b & 0xff));
        }
        assertThat(Text.bytes(Text.decode(text.toString()))).isEqualTo(bytes);
    }

    @Test
    void linesOfAMessageEndWithCrLfUnlessTheySayOtherwise() {
        assertThat(new String(
                        Text.message(List.of("a\\tb", "{3*xy}", "", "open\\", "end\\\\")), StandardCharsets.ISO_8859_1))
                .isEqualTo("a\tb\r\nxyxyxy\r\n\r\nopenend\\\r\n");
    }

    @Test
    void columnsAreFilledAndRepetitionsAreLeft() {
        assertThat(Text.fill("{a}{3*b}{c}", Map.of("a", "1"))).isEqualTo("1{3*b}{c}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\q", "{name}", "{x*3}", "\\"})
    void whatMeansNothingIsRefused(String text) {
        assertThatThrownBy(() -> Text.decode(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
