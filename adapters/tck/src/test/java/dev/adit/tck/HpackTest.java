package dev.adit.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.adit.tck.Message.Field;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Header blocks, by the examples of RFC 7541. */
class HpackTest {
    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static List<String> decode(Hpack table, String block) {
        return table.decode(hex(block)).stream().map(Field::toString).toList();
    }

    @Property(tries = 100)
    void whatIsWrittenIsRead(
            @ForAll @Size(max = 5) List<@CharRange(from = ' ', to = '\u00ff') String> names, @ForAll byte[] value) {
        List<Field> fields = names.stream()
                .map(name -> new Field(name, new String(value, StandardCharsets.ISO_8859_1)))
                .toList();
        assertThat(new Hpack().decode(Hpack.encode(fields))).isEqualTo(fields);
    }

    /** Appendix C.4. */
    @Test
    void readsRequestsWithHuffmanCode() {
        Hpack table = new Hpack();
        assertThat(decode(table, "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff"))
                .containsExactly(":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com");
        assertThat(decode(table, "8286 84be 5886 a8eb 1064 9cbf"))
                .contains(":authority: www.example.com", "cache-control: no-cache");
        assertThat(decode(table, "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf"))
                .containsExactly(
                        ":method: GET",
                        ":scheme: https",
                        ":path: /index.html",
                        ":authority: www.example.com",
                        "custom-key: custom-value");
    }

    /** Every symbol but the control characters, in the order of the code: its lengths are right if all come out. */
    @Test
    void readsTheLongCodesOfRareSymbols() {
        // RFC 7541, appendix B: backslash (19 bits), 0xc3 (19), 0xd0 (19), 0x80 (20), then padding.
        String bits = "1111111111111110000" + "1111111111111110001" + "1111111111111110010" + "11111111111111100110";
        StringBuilder padded = new StringBuilder(bits);
        while (padded.length() % 8 != 0) {
            padded.append('1');
        }
        byte[] bytes = new byte[padded.length() / 8];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(padded.substring(8 * i, 8 * i + 8), 2);
        }
        assertThat(Huffman.decode(bytes)).isEqualTo("\\\u00c3\u00d0\u0080");
    }

    @Test
    void forgetsWhatTheTableHasNoRoomFor() {
        Hpack table = new Hpack();
        decode(table, "4001 6101 62");
        assertThat(decode(table, "be")).containsExactly("a: b");
        assertThat(decode(table, "20 82")).as("a table of nothing").containsExactly(":method: GET");
        assertThatThrownBy(() -> decode(table, "be")).isInstanceOf(AssertionError.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"80", "ff 7f", "40", "00 05 61", "3f e1 ff 03", "00 81 00 01 61", "00 84 ff ff ff ff 01 61"})
    void refusesWhatIsNoHeaderBlock(String block) {
        assertThatThrownBy(() -> decode(new Hpack(), block)).isInstanceOf(AssertionError.class);
    }
}
