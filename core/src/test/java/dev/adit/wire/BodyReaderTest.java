package dev.adit.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BodyReaderTest {
    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static BodyReader reader(Framing framing) {
        BodyReader reader = new BodyReader(Parsed.LIMITS);
        reader.start(framing);
        return reader;
    }

    /** How many bytes belong to the body, and what is wrong with the next one. */
    private record Followed(int good, boolean ended, boolean refused) {}

    private static Followed follow(BodyReader reader, String text, int piece) {
        for (int from = 0; from < text.length() && !reader.finished(); from += piece) {
            ByteBuffer in = bytes(text.substring(from, Math.min(text.length(), from + piece)));
            try {
                reader.follow(in);
            } catch (BadMessageException e) {
                return new Followed(from + in.position(), false, true);
            }
            if (reader.finished()) {
                return new Followed(from + in.position(), true, false);
            }
        }
        return new Followed(text.length(), reader.finished(), false);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "3~abc~0~~GET      | 13 | true  | false",
                "3~abc~0~X: y~~GET | 19 | true  | false",
                "3;a=b~abc~0;c~~   | 19 | true  | false",
                "3~abcd~0~~        | 6  | false | true",
                "3~abc~g           | 8  | false | true",
                "3~abc~0~X y~~     | 12 | false | true",
                "3~abc~0~X: y~ z~~ | 17 | false | true",
                "3~abc             | 6  | false | false",
            })
    void findsTheFirstByteThatIsNoneOfAChunkedBody(String text, int good, boolean ended, boolean refused) {
        String crlf = text.replace("~", "\r\n");
        Followed whole = follow(reader(Framing.CHUNKED), crlf, crlf.length());

        assertThat(whole.ended()).isEqualTo(ended);
        assertThat(whole.refused()).isEqualTo(refused);
        assertThat(whole.good()).isEqualTo(good);
    }

    @Test
    void countsABody() {
        BodyReader reader = reader(new Framing(Framing.Kind.LENGTH, 3));
        ByteBuffer in = bytes("abcGET");

        assertThat(reader.data()).isEqualTo(3);
        assertThat(catchFollow(reader, in)).isTrue();
        assertThat(in.position()).isEqualTo(3);
        assertThat(reader.data()).isZero();
    }

    @Test
    void aBodyUpToTheEndOfTheConnectionHasNoEndOfItsOwn() {
        BodyReader reader = reader(Framing.CLOSE);

        assertThat(catchFollow(reader, bytes("abc"))).isFalse();
        assertThat(reader.endsWithConnection()).isTrue();
        assertThat(reader.data()).isPositive();
    }

    @Test
    void thereIsNoBodyBeforeTheFirst() {
        BodyReader reader = new BodyReader(Parsed.LIMITS);
        ByteBuffer in = bytes("abc");

        assertThat(catchFollow(reader, in)).isTrue();
        assertThat(in.position()).isZero();
        assertThatThrownBy(() -> reader.framing((byte) 'a')).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void trailersDoNotOutliveTheirBody() {
        BodyReader reader = reader(Framing.CHUNKED);
        catchFollow(reader, bytes("0\r\nX-Sum: 9\r\n\r\n"));
        String sum = reader.trailers() == null ? "" : reader.trailers().get("x-sum");
        reader.start(Framing.CHUNKED);
        catchFollow(reader, bytes("0\r\n\r\n"));

        assertThat(sum).isEqualTo("9");
        assertThat(reader.trailers()).isNull();
    }

    private static boolean catchFollow(BodyReader reader, ByteBuffer in) {
        try {
            return reader.follow(in);
        } catch (BadMessageException e) {
            throw new AssertionError(e);
        }
    }

    @Property(tries = 200)
    void doesNotCareHowBytesAreCut(@ForAll("bodies") String text, @ForAll @IntRange(min = 1, max = 30) int piece) {
        assertThat(follow(reader(Framing.CHUNKED), text, piece))
                .isEqualTo(follow(reader(Framing.CHUNKED), text, Math.max(1, text.length())));
    }

    @Provide
    Arbitrary<String> bodies() {
        return Arbitraries.of(
                        "3\r\nabc\r\n",
                        "0A;x=y\r\n0123456789\r\n",
                        "0\r\n\r\n",
                        "0\r\nX-Sum: 9\r\n\r\n",
                        "\n",
                        "a:",
                        "GET ")
                .list()
                .ofMinSize(1)
                .ofMaxSize(8)
                .map(parts -> String.join("", parts));
    }
}
