package dev.adit.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ScratchTest {
    private final Scratch scratch = Scratch.mine();

    /** Every boundary may cost a look-up, so a request must not choose how many there are. */
    @Test
    void endsWhereNoRuleReaches() {
        assertThat(scratch.readPath("/a".repeat(4_000), 8_000, 3)).isTrue();
        assertThat(scratch.length).isLessThanOrEqualTo(16);
        assertThat(scratch.readPath("/".repeat(100) + "a".repeat(10_000), 5, 3)).isFalse();
        assertThat(scratch.length).isLessThanOrEqualTo(8);
    }

    @Test
    void boundsThePrefixesOfAPath() {
        String path = "/shop/" + "x".repeat(60) + "/y/";
        assertThat(scratch.readPath(path, 100, 100)).isTrue();
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
        for (int length = 0; length <= path.length(); length += 8) {
            scratch.readPath(path.substring(0, length), 1_000, 1_000);
            long alone = scratch.hash(length);
            scratch.load(path, 0, length);
            assertThat(Words.hash(scratch.bytes, 0, length)).isEqualTo(alone);
            scratch.readPath(path, 1_000, 1_000);
            assertThat(scratch.hash(length)).isEqualTo(alone);
        }
    }
}
