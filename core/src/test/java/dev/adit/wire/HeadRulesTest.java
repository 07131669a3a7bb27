package dev.adit.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.adit.exchange.Headers;
import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.RequestHead;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Heads that somebody else has read. */
class HeadRulesTest {
    private static final MessageLimits LIMITS = new MessageLimits(20, 40, 2);

    private record Head(HttpVersion version, String method, String target, Headers headers) implements RequestHead {
        @Override
        public @Nullable String authority() {
            return null;
        }
    }

    /** As many fields as there are pairs of a name and a value. */
    private record Fields(List<String> pairs) implements Headers {
        @Override
        public @Nullable String get(String name) {
            List<String> values = all(name);
            return values.isEmpty() ? null : values.get(0);
        }

        @Override
        public List<String> all(String name) {
            int at = pairs.indexOf(name);
            return at < 0 ? List.of() : List.of(pairs.get(at + 1));
        }

        @Override
        public void forEach(Visitor visitor) {
            for (int i = 0; i < pairs.size(); i += 2) {
                visitor.field(pairs.get(i), pairs.get(i + 1));
            }
        }
    }

    private static int status(HttpVersion version, String method, String target, String scheme, String... pairs) {
        try {
            HeadRules.check(new Head(version, method, target, new Fields(List.of(pairs))), scheme, LIMITS);
            return 0;
        } catch (BadMessageException e) {
            return e.status();
        }
    }

    @Test
    void letsPassWhatHasOneReading() {
        assertThat(status(HttpVersion.HTTP_2, "GET", "/a?b", "https", "x", "caf\u00e9, y", "te", "trailers"))
                .isZero();
        assertThat(status(HttpVersion.HTTP_1_1, "GET", "/", "", "connection", "close"))
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /, https, x, 'y\\r\\nz: 1', 400",
        "GET, /, https, x, 'y\\0', 400",
        "GET, /, https, x, ' y', 400",
        "GET, /, https, x, 'y\\t', 400",
        "GET, /, https, x, '\\u0100', 400",
        "GET, /, https, 'x:', y, 400",
        "GET, /, https, '', y, 400",
        "GET, /, https, te, gzip, 400",
        "GET, /, https, connection, close, 400",
        "GET, /, https, keep-alive, 5, 400",
        "GET, /, https, proxy-connection, close, 400",
        "GET, /, https, transfer-encoding, chunked, 400",
        "GET, /, https, upgrade, h2c, 400",
        "GET, /, ftp, x, y, 400",
        "GET, '/ a', https, x, y, 400",
        "'G T', /, https, x, y, 400",
        "'', /, https, x, y, 400",
        "GET, /34567890123456789, https, x, y, 414",
        "GET, /, https, x, 12345678901234567890123456789012345678901, 431",
    })
    void refusesWhatHasTwoReadingsOrBreaksALimit(
            String method, String target, String scheme, String name, String value, int status) {
        String unescaped = value.replace("\\u0100", "\u0100").translateEscapes();
        assertThat(status(HttpVersion.HTTP_2, method, target, scheme, name, unescaped))
                .isEqualTo(status);
    }

    @Test
    void countsTheFieldsOfTrailersToo() {
        Fields two = new Fields(List.of("x", "1", "x", "2"));
        assertThatCode(() -> HeadRules.checkFields(two, LIMITS)).doesNotThrowAnyException();
        Fields three = new Fields(List.of("x", "1", "x", "2", "x", "3"));
        assertThatCode(() -> HeadRules.checkFields(three, LIMITS))
                .isInstanceOfSatisfying(
                        BadMessageException.class, e -> assertThat(e.status()).isEqualTo(431));
    }

    @ParameterizedTest
    @CsvSource({
        "x, y, true",
        "X, y, false",
        "x-Y, z, false",
        "connection, close, false",
        "te, gzip, false",
        "x, '\u0000', false"
    })
    void checksTrailersOfStreams(String name, String value, boolean good) {
        Headers trailers = new Fields(List.of(name, value));
        if (good) {
            assertThatCode(() -> HeadRules.checkStreamTrailers(trailers)).doesNotThrowAnyException();
        } else {
            assertThatCode(() -> HeadRules.checkStreamTrailers(trailers)).isInstanceOf(BadMessageException.class);
        }
    }
}
