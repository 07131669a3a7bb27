package dev.adit.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseStreamTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** What became of an answer: the statuses of its heads, its framing, the bytes of its body, and how it ended. */
    private record Answer(List<Integer> statuses, String framing, String body, String end) {}

    private static Answer read(String text, boolean headRequest, boolean upgrade, int piece) {
        ResponseStream stream = new ResponseStream(new MessageLimits(8 << 10, 64 << 10, 200));
        stream.expect(headRequest, upgrade);
        List<Integer> statuses = new ArrayList<>();
        StringBuilder body = new StringBuilder();
        String framing = "";
        try {
            for (int from = 0; from < text.length(); from += piece) {
                String part = text.substring(from, Math.min(text.length(), from + piece));
                ByteBuffer in = ByteBuffer.wrap(part.getBytes(StandardCharsets.ISO_8859_1));
                while (framing.isEmpty() && stream.head().read(in)) {
                    Framing kind = stream.begin();
                    statuses.add(stream.head().status());
                    if (stream.isInterim()) {
                        stream.next();
                    } else {
                        framing = stream.isTunnel() ? "TUNNEL" : kind.kind().name();
                    }
                }
                if (!framing.isEmpty()) {
                    int start = in.position();
                    try {
                        stream.body().follow(in);
                    } finally {
                        body.append(part, start, in.position());
                    }
                    if (in.hasRemaining()) {
                        return new Answer(statuses, framing, body.toString(), "more");
                    }
                }
            }
        } catch (BadMessageException e) {
            return new Answer(statuses, framing, body.toString(), "refused");
        }
        return new Answer(statuses, framing, body.toString(), stream.body().finished() ? "ended" : "open");
    }

    private static Answer read(String text) {
        return read(text.replace("~", "\r\n"), false, false, text.length() * 2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/1.1 200 OK~Content-Length: 2~~ok                   | LENGTH  | ok       | ended",
                "HTTP/1.1 200~Content-Length: 0~~                        | LENGTH  | ''       | ended",
                "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~0~~         | CHUNKED | 0~~      | ended",
                "HTTP/1.0 200 OK~~ok                                     | CLOSE   | ok       | open",
                "HTTP/1.1 204 No Content~~                               | NONE    | ''       | ended",
                "HTTP/1.1 304 Not Modified~Content-Length: 7~~           | NONE    | ''       | ended",
                "HTTP/1.1 304 Not Modified~Content-Length: 7~~HTTP       | NONE    | ''       | more",
                "HTTP/1.1 200 OK~Content-Length: 2~~ok!                  | LENGTH  | ok       | more",
            })
    void findsTheEndOfAnAnswer(String text, String framing, String body, String end) {
        assertThat(read(text))
                .extracting(Answer::framing, answer -> answer.body().replace("\r\n", "~"), Answer::end)
                .containsExactly(framing, body, end);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 099 X~~",
                "HTTP/1.1 600 X~~",
                "HTTP/1.1 20 X~~",
                "HTTP/1.1 2000 X~~",
                "HTTP/1.1  200 X~~",
                "HTTP/2.0 200 X~~",
                "http/1.1 200 X~~",
                "ICY 200 OK~~",
                "~HTTP/1.1 200 OK~~",
                "HTTP/1.1 200 O\0K~~",
                "HTTP/1.1 101 Switching Protocols~~",
                "HTTP/1.1 200 OK~Content-Length: 2~Content-Length: 2~~ok",
                "HTTP/1.1 200 OK~Content-Length: 2~Transfer-Encoding: chunked~~0~~",
                "HTTP/1.0 200 OK~Transfer-Encoding: chunked~~0~~",
                "HTTP/1.1 200 OK~Transfer-Encoding: gzip~~",
                "HTTP/1.1 204 OK~Content-Length: x~~",
            })
    void refuses(String text) {
        assertThat(read(text).end()).isEqualTo("refused");
    }

    @Test
    void readsInterimAnswersAndThenTheFinalOne() {
        Answer answer = read("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK);

        assertThat(answer).isEqualTo(new Answer(List.of(100, 103, 200), "LENGTH", "ok", "ended"));
    }

    @Test
    void doesNotListenToInterimAnswersForEver() {
        String interim = "HTTP/1.1 102 Processing\r\n\r\n";

        assertThat(read(interim.repeat(32) + OK).end()).isEqualTo("ended");
        assertThat(read(interim.repeat(33) + OK).end()).isEqualTo("refused");
    }

    @Test
    void switchesProtocolsOnlyIfAsked() {
        String switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n";

        assertThat(read(switching, false, true, 1000).framing()).isEqualTo("TUNNEL");
        assertThat(read(switching, false, false, 1000).end()).isEqualTo("refused");
    }

    @Test
    void anAnswerToHeadHasNoBodyWhateverItSays() {
        assertThat(read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", true, false, 1000))
                .isEqualTo(new Answer(List.of(200), "NONE", "", "ended"));
    }

    @Property(tries = 200)
    void doesNotCareHowBytesAreCut(
            @ForAll("answers") String text,
            @ForAll boolean headRequest,
            @ForAll boolean upgrade,
            @ForAll @IntRange(min = 1, max = 40) int piece) {
        Answer whole = read(text, headRequest, upgrade, text.length());
        Answer cut = read(text, headRequest, upgrade, piece);

        // Where an answer has ended, what was cut off is not looked at.
        assertThat(cut.statuses()).isEqualTo(whole.statuses());
        assertThat(cut.framing()).isEqualTo(whole.framing());
        assertThat(cut.end()).isEqualTo(whole.end());
        assertThat(cut.body()).isEqualTo(whole.body());
    }

    @Provide
    Arbitrary<String> answers() {
        Arbitrary<String> interim =
                Arbitraries.of("", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 X\r\nLink: <a>\r\n\r\n");
        Arbitrary<String> line =
                Arbitraries.of("HTTP/1.1 200 OK\r\n", "HTTP/1.0 404\r\n", "HTTP/1.1 101 S\r\n", "HTTP/1.1 304 N\r\n");
        Arbitrary<String> rest = Arbitraries.of(
                "\r\n",
                "Content-Length: 3\r\n\r\nabc",
                "Content-Length: 3\r\n\r\nabcd",
                "Content-Length: 3\r\nX : y\r\n\r\nabc",
                "Transfer-Encoding: chunked\r\n\r\n3;e\r\nabc\r\n0\r\nX: y\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd");
        return Combinators.combine(interim, line, rest).as((a, b, c) -> a + b + c);
    }
}
