package dev.adit.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadersTest {
    private static final String CHUNKED = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

    @Test
    void readsAWholeRequest() {
        Parsed parsed = Parsed.request(
                "\r\nPOST /a?b HTTP/1.1\r\nHost: a.test\r\nX-Empty:\r\nContent-Length:  3 \t\r\n\r\nabcGET");

        assertThat(parsed)
                .isEqualTo(new Parsed(
                        "POST",
                        "/a?b",
                        List.of("Host: a.test", "X-Empty: ", "Content-Length: 3"),
                        "abc",
                        List.of(),
                        0));
    }

    @Test
    void readsChunksExtensionsAndTrailers() {
        Parsed parsed = Parsed.request(CHUNKED + "3\r\nabc\r\n00A;x=\"y\"\r\n0123456789\r\n0\r\nX-T: 1\r\n\r\n");

        assertThat(parsed.body()).isEqualTo("abc0123456789");
        assertThat(parsed.trailers()).containsExactly("X-T: 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET  HTTP/1.1",
                " GET / HTTP/1.1",
                "GET / HTTP/1.1 ",
                "GET  / HTTP/1.1",
                "GET\t/ HTTP/1.1",
                "GET /",
                "GET",
                "GET / http/1.1",
                "GET / HTTP/1.10",
                "GET / HTTP/11",
                "G(T / HTTP/1.1",
                "GET /a b HTTP/1.1",
                "GET /a\0b HTTP/1.1",
                "GET /\u00e9 HTTP/1.1"
            })
    void refusesRequestLines(String line) {
        assertThat(Parsed.request(line + "\r\nHost: a\r\n\r\n").refused()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/2.0", "GET / HTTP/1.2", "GET / HTTP/0.9", "PRI * HTTP/2.0"})
    void refusesOtherVersions(String line) {
        assertThat(Parsed.request(line + "\r\nHost: a\r\n\r\n").refused()).isEqualTo(505);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host : a",
                " Host: a",
                "Host: a\r\n folded",
                "Host: a\r\n\tfolded",
                "Host",
                ": a",
                "Ho st: a",
                "Host: a\0b",
                "Host: a\rb",
                "Host: a\nX: b",
                "Host: a\u007f",
                "H\u00e9st: a",
                "Content-Length: 1\r\nContent-Length: 1",
                "Content-Length: 1\r\nContent-Length: 2",
                "Content-Length: 1, 1",
                "Content-Length: +1",
                "Content-Length: -1",
                "Content-Length: 01",
                "Content-Length: 0x1",
                "Content-Length: 1 1",
                "Content-Length:",
                "Content-Length: 9223372036854775808",
                "Content-Length: 1\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: gzip, chunked",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: identity",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: \"chunked\"",
                "Transfer-Encoding: chunked;q=1",
                "Transfer-Encoding: \u000bchunked",
                "Transfer-Encoding:",
            })
    void refusesFields(String fields) {
        assertThat(Parsed.request("POST / HTTP/1.1\r\n" + fields + "\r\n\r\n").refused())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "g\r\n",
                "\r\n",
                " 3\r\nabc",
                "3 \r\nabc",
                "+3\r\nabc",
                "0x3\r\nabc",
                "3\nabc",
                "3\r\nabcd\r\n",
                "3\r\nabc\n",
                "3\rabc",
                ";x\r\n",
                "3;a\nb\r\nabc",
                "1000000000000000\r\n",
                "0\r\nX : y\r\n\r\n",
                "0\r\nX: y\n\r\n",
                "0\r\n folded\r\n\r\n"
            })
    void refusesChunks(String body) {
        assertThat(Parsed.request(CHUNKED + body).refused()).isEqualTo(400);
    }

    @Test
    void refusesTransferEncodingInHttp10() {
        assertThat(Parsed.request("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
                        .refused())
                .isEqualTo(400);
    }

    @Test
    void refusesBlankLinesWithoutEnd() {
        assertThat(Parsed.request("\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n").refused())
                .isEqualTo(400);
    }

    @Test
    void limitsTheRequestLineBeforeItsEnd() {
        assertThat(Parsed.request("GET /" + "a".repeat(9000)).refused()).isEqualTo(414);
        assertThat(Parsed.request("GET /" + "a".repeat(8000) + " HTTP/1.1\r\n\r\n")
                        .refused())
                .isZero();
    }

    @Test
    void limitsTheFieldsBeforeTheirEnd() {
        assertThat(Parsed.request("GET / HTTP/1.1\r\nX: " + "a".repeat(66_000)).refused())
                .isEqualTo(431);
        assertThat(Parsed.request("GET / HTTP/1.1\r\n" + "X: y\r\n".repeat(201) + "\r\n")
                        .refused())
                .isEqualTo(431);
        assertThat(Parsed.request("GET / HTTP/1.1\r\n" + "X: y\r\n".repeat(200) + "\r\n")
                        .fields())
                .hasSize(200);
    }

    @Test
    void limitsTrailersAndChunkExtensions() {
        assertThat(Parsed.request(CHUNKED + "0\r\nX: " + "a".repeat(66_000)).refused())
                .isEqualTo(431);
        assertThat(Parsed.request(CHUNKED + "0;" + "a".repeat(300)).refused()).isEqualTo(400);
    }

    @Test
    void findsFieldsWithoutCase() {
        RequestReader head = new RequestReader(Parsed.LIMITS);
        boolean read = read(head, "GET / HTTP/1.1\r\nX-One: 1\r\nx-one: 2\r\nConnection: a , CLOSE\r\n\r\n");

        assertThat(read).isTrue();
        assertThat(head.headers().get("x-ONE")).isEqualTo("1");
        assertThat(head.headers().all("X-One")).containsExactly("1", "2");
        assertThat(head.headers().get("X-On")).isNull();
        assertThat(head.headers().all("Host")).isEmpty();
        assertThat(head.headers().lists("connection", "close")).isTrue();
        assertThat(head.headers().lists("connection", "clos")).isFalse();
    }

    @Test
    void holdsOnToLittleBetweenRequests() {
        RequestReader head = new RequestReader(Parsed.LIMITS);
        boolean read = read(head, "GET / HTTP/1.1\r\nX: " + "a".repeat(30_000) + "\r\n\r\n");
        head.reset();

        assertThat(read).isTrue();
        assertThat(head.fields.bytes.length).isLessThanOrEqualTo(4096);
    }

    private static boolean read(HeadReader head, String text) {
        try {
            return head.read(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (BadMessageException e) {
            throw new AssertionError(e);
        }
    }

    @Property(tries = 200)
    void doesNotCareHowBytesAreCut(@ForAll("messages") String message, @ForAll("cuts") int[] cuts) {
        assertThat(Parsed.request(message, cuts)).isEqualTo(Parsed.request(message));
    }

    /** One reading: what passes is what a parser says that takes the whole text and RFC 9112's grammar as patterns. */
    @Property(tries = 200)
    void agreesWithPatterns(@ForAll("messages") String message) {
        Parsed ours = Parsed.request(message);
        Parsed theirs = PatternParser.request(message);

        assertThat(ours.refused() == 0 ? ours : null).as(message).isEqualTo(theirs);
        Statistics.label("read").collect(theirs != null);
        Statistics.label("read").coverage(c -> {
            c.check(true).percentage(p -> p > 20);
            c.check(false).percentage(p -> p > 10);
        });
    }

    /** A limit is reached at the same byte however that comes. */
    @Property(tries = 200)
    void limitsDoNotCareHowBytesAreCut(
            @ForAll("messages") String message,
            @ForAll @IntRange(min = 1, max = 40) int line,
            @ForAll @IntRange(min = 1, max = 60) int header,
            @ForAll @IntRange(min = 1, max = 4) int fields,
            @ForAll("cuts") int[] cuts) {
        MessageLimits limits = new MessageLimits(line, header, fields);
        Parsed whole = Parsed.request(limits, message);

        assertThat(Parsed.request(limits, message, cuts)).isEqualTo(whole);
        assertThat(Parsed.request(limits, message, everyByte(message))).isEqualTo(whole);
    }

    private static int[] everyByte(String message) {
        return IntStream.range(1, message.length()).toArray();
    }

    /** Requests that are right, and requests of which one character was changed. */
    @Provide
    Arbitrary<String> messages() {
        Arbitrary<String> line = Arbitraries.of(
                "GET / HTTP/1.1\r\n", "POST /a/b?c HTTP/1.1\r\n", "\r\nPUT /x HTTP/1.1\r\n", "FOO * HTTP/1.0\r\n");
        Arbitrary<String> field = Arbitraries.of(
                "Host: a.test\r\n",
                "X-A:b\r\n",
                "X-A: \t c d \r\n",
                "Accept: */*\r\n",
                "X-Empty:\r\n",
                "Cookie: a=b; c=\"d\"\r\n");
        Arbitrary<String> body = Arbitraries.of(
                "\r\n",
                "Content-Length: 0\r\n\r\n",
                "Content-Length: 5\r\n\r\nabcde",
                "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: Chunked\r\n\r\n4\r\nwiki\r\n5;x=y\r\npedia\r\n0\r\nX-Sum: 9\r\n\r\n");
        Arbitrary<String> right = Combinators.combine(line, field.list().ofMaxSize(5), body)
                .as((start, fields, end) -> start + String.join("", fields) + end);
        Arbitrary<Character> anything = Arbitraries.chars().range('\0', '\u00ff');
        Arbitrary<Character> telling = Arbitraries.of('\r', '\n', ' ', '\t', ':', ',', ';', '0', '1', '\0', '-');
        Arbitrary<String> wrong = Combinators.combine(
                        right, Arbitraries.integers().between(0, 10_000), Arbitraries.oneOf(anything, telling))
                .as((text, at, character) -> {
                    int index = at % text.length();
                    return text.substring(0, index) + character + text.substring(index + 1);
                });
        return Arbitraries.oneOf(right, wrong);
    }

    @Provide
    Arbitrary<int[]> cuts() {
        return Arbitraries.integers().between(0, 200).array(int[].class).ofMaxSize(12);
    }
}
