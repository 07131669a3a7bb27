package dev.adit.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ScratchTest {
    private final Scratch scratch = Scratch.mine();

    private byte[] read(String path, int longest, int mostSlashes, boolean wellSpelled) {
        byte[] text = Words.padded(("//" + path + "//").getBytes(StandardCharsets.US_ASCII));
        assertThat(scratch.read(text, 2, path.length(), longest, mostSlashes)).isEqualTo(wellSpelled);
        return text;
    }

    /** Every boundary may cost a look-up, so a request must not choose how many there are. */
    @Test
    void endsWhereNoRuleReaches() {
        read("/a".repeat(4_000), 8_000, 3, true);
        assertThat(scratch.length).isLessThanOrEqualTo(16);
        read("/".repeat(100) + "a".repeat(10_000), 5, 3, false);
        assertThat(scratch.length).isLessThanOrEqualTo(8);
    }

    @Test
    void boundsThePrefixesOfAPath() {
        String path = "/shop/" + "x".repeat(60) + "/y/";
        read(path, 100, 100, true);
        long[] expected = {0, 5, 66, 68, 69};
        assertThat(LongStream.rangeClosed(0, path.length())
                        .filter(i -> (scratch.boundaries[(int) i >>> 6] >>> i & 1) == 1)
                        .toArray())
                .isEqualTo(expected);
    }

    /** Whatever follows a prefix, and whichever words it ends in, its hash is the same. */
    @Test
    void hashesPrefixesAsWholePaths() {
        String path = "/abcdefg".repeat(80);
        for (int length = 0; length <= path.length(); length++) {
            byte[] alone = path.substring(0, length).getBytes(StandardCharsets.US_ASCII);
            byte[] text = read(path, 1_000, 1_000, true);
            assertThat(scratch.hash(text, 2, length)).isEqualTo(Words.hash(Words.padded(alone), 0, length));
        }
    }
}
