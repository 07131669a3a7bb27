package dev.adit.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderResultProvider;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.jspecify.annotations.Nullable;

class ReadersTest {
    @Property(tries = 200)
    void doesNotCareHowBytesAreCut(@ForAll("messages") String message, @ForAll("cuts") int[] cuts) {
        assertThat(Parsed.request(message, cuts)).isEqualTo(Parsed.request(message));
    }

    /**
     * One reading: what passes here is read in the same way by another parser, or refused. The other one is stricter about
     * chunk extensions, which go no further than here.
     */
    @Property(tries = 200)
    void agreesWithAnotherParser(@ForAll("messages") String message) {
        Parsed ours = Parsed.request(message);
        if (ours.refused() == 0) {
            Parsed theirs = parsedByNetty(message);
            Statistics.label("read by both").collect(theirs != null);
            if (theirs == null) {
                assertThat(message).containsIgnoringCase("chunked");
                return;
            }
            assertThat(theirs.method()).isEqualTo(ours.method());
            assertThat(theirs.target()).isEqualTo(ours.target());
            assertThat(theirs.fields()).isEqualTo(ours.fields());
            assertThat(theirs.body()).isEqualTo(ours.body());
            assertThat(theirs.trailers()).isEqualTo(ours.trailers());
        }
        Statistics.label("read by both").coverage(c -> c.check(true).percentage(p -> p > 50));
    }

    private static @Nullable Parsed parsedByNetty(String message) {
        EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder());
        channel.writeInbound(Unpooled.copiedBuffer(message, StandardCharsets.ISO_8859_1));
        HttpRequest request = channel.readInbound();
        StringBuilder body = new StringBuilder();
        List<String> fields = new ArrayList<>();
        List<String> trailers = new ArrayList<>();
        request.headers().forEach(field -> fields.add(field.getKey() + ": " + field.getValue()));
        assertThat(request.decoderResult().isSuccess()).as(message).isTrue();
        boolean last = false;
        while (!last) {
            Object part = channel.readInbound();
            if (!((DecoderResultProvider) part).decoderResult().isSuccess()) {
                ReferenceCountUtil.release(part);
                channel.finishAndReleaseAll();
                return null;
            }
            body.append(((HttpContent) part).content().toString(StandardCharsets.ISO_8859_1));
            last = part instanceof LastHttpContent;
            if (part instanceof LastHttpContent end) {
                end.trailingHeaders().forEach(field -> trailers.add(field.getKey() + ": " + field.getValue()));
            }
            ReferenceCountUtil.release(part);
        }
        channel.finishAndReleaseAll();
        return new Parsed(request.method().name(), request.uri(), fields, body.toString(), trailers, 0);
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
