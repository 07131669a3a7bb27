package dev.adit.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class KeptBodyTest {
    private static String text(KeptBody kept) {
        return StandardCharsets.ISO_8859_1.decode(kept.bytes()).toString();
    }

    @Property(tries = 200)
    void keepsABodyWholeOrNotAtAll(
            @ForAll @Size(max = 8) List<@StringLength(max = 300) String> parts,
            @ForAll @IntRange(max = 1200) int limit) {
        KeptBody kept = new KeptBody(limit);
        int size = 0;
        StringBuilder all = new StringBuilder();
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            ByteBuffer data = ByteBuffer.wrap(bytes);
            kept.add(data);
            assertThat(data.remaining()).isEqualTo(bytes.length);
            all.append(new String(bytes, StandardCharsets.ISO_8859_1));
            size += bytes.length;
        }
        assertThat(kept.whole()).isEqualTo(size <= limit);
        assertThat(text(kept)).isEqualTo(size <= limit ? all.toString() : "");
        assertThat(kept.size()).isEqualTo(kept.bytes().remaining());
    }

    @Test
    void keepsNothingAfterItWasToldToForget() {
        KeptBody kept = new KeptBody(10);
        kept.forget();
        kept.add(ByteBuffer.wrap(new byte[3]));

        assertThat(kept.whole()).isFalse();
        assertThat(kept.size()).isZero();
    }
}
