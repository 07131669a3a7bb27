package dev.adit.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** What is looked through eight octets at a time is what one by one says. */
class GrammarTest {
    @Property(tries = 200)
    void findsTheFirstLineFeed(@ForAll("lines") byte[] bytes) {
        for (int from = 0; from <= bytes.length; from++) {
            for (int end = from; end <= bytes.length; end++) {
                int expected = from;
                while (expected < end && bytes[expected] != '\n') {
                    expected++;
                }
                assertThat(Grammar.lineFeed(bytes, from, end)).isEqualTo(expected == end ? -1 : expected);
            }
        }
    }

    @Property(tries = 200)
    void knowsText(@ForAll("lines") byte[] bytes) {
        for (int from = 0; from <= bytes.length; from++) {
            boolean text = true;
            for (int end = from; end <= bytes.length; end++) {
                assertThat(Grammar.isText(bytes, from, end)).isEqualTo(text);
                text &= end < bytes.length && Grammar.isText(bytes[end]);
            }
        }
    }

    /** Every octet, at every place of a word, among neighbours that carries could come from. */
    @Example
    void knowsEveryOctetEverywhere() {
        for (byte neighbour : new byte[] {' ', 'a', 0x7e, (byte) 0x80, (byte) 0xff}) {
            for (int at = 0; at < 24; at++) {
                for (int octet = 0; octet < 256; octet++) {
                    byte[] bytes = new byte[24];
                    Arrays.fill(bytes, neighbour);
                    bytes[at] = (byte) octet;
                    assertThat(Grammar.isText(bytes, 0, 24)).isEqualTo(Grammar.isText((byte) octet));
                    assertThat(Grammar.lineFeed(bytes, 0, 24)).isEqualTo(octet == '\n' ? at : -1);
                }
            }
        }
    }

    @Provide
    Arbitrary<byte[]> lines() {
        Arbitrary<Byte> some = Arbitraries.of(
                (byte) '\n', (byte) '\r', (byte) '\t', (byte) ' ', (byte) 11, (byte) 9, (byte) 0x7f, (byte) 0x80, (byte)
                        0);
        Arbitrary<Byte> visible = Arbitraries.bytes().between((byte) ' ', (byte) 0x7e);
        return Arbitraries.frequencyOf(Tuple.of(1, some), Tuple.of(9, visible), Tuple.of(1, Arbitraries.bytes()))
                .array(byte[].class)
                .ofMaxSize(40);
    }
}
