package dev.adit.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What waits on a stream. */
class BacklogTest {
    private static final ByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(false);

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    private static String drain(Backlog backlog) {
        StringBuilder text = new StringBuilder();
        while (!backlog.isEmpty()) {
            ByteBuf piece = backlog.remove();
            text.append(piece.toString(StandardCharsets.ISO_8859_1));
            assertThat(piece.release()).as("nobody else has it").isTrue();
        }
        return text.toString();
    }

    @Test
    void keepsOnlyOneOfTheBuffersThatPiecesWereReadInto() {
        Backlog backlog = new Backlog(ALLOCATOR);
        List<ByteBuf> read = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            ByteBuf buffer = Unpooled.buffer(2048).writeBytes(bytes("x"));
            backlog.add(buffer);
            buffer.release();
            read.add(buffer);
        }
        assertThat(read).filteredOn(buffer -> buffer.refCnt() > 0).hasSize(1);
        assertThat(drain(backlog)).isEqualTo("x".repeat(1000));
    }

    @Test
    void whatWasTakenOutGetsNothingMore() {
        Backlog backlog = new Backlog(ALLOCATOR);
        ByteBuf first = bytes("a");
        backlog.add(first);
        first.release();
        backlog.add(bytes("b"));
        backlog.remove().release();
        ByteBuf copied = backlog.remove();
        backlog.add(bytes("c"));
        assertThat(copied.toString(StandardCharsets.ISO_8859_1)).isEqualTo("b");
        copied.release();
        assertThat(backlog.remove().toString(StandardCharsets.ISO_8859_1)).isEqualTo("c");
    }

    /** Positive numbers add as many bytes, others take a piece out. */
    @Property(tries = 200)
    void handsOutWhatCameInItsOrder(
            @ForAll @Size(max = 40) List<@IntRange(min = -10_000, max = 40_000) Integer> steps) {
        Backlog backlog = new Backlog(ALLOCATOR);
        StringBuilder in = new StringBuilder();
        StringBuilder out = new StringBuilder();
        for (int step : steps) {
            if (step > 0) {
                String text = Integer.toString(in.length()).repeat(step).substring(0, step);
                in.append(text);
                ByteBuf data = bytes(text);
                backlog.add(data);
                data.release();
            } else if (!backlog.isEmpty()) {
                ByteBuf piece = backlog.remove();
                out.append(piece.toString(StandardCharsets.ISO_8859_1));
                piece.release();
            }
        }
        assertThat(out + drain(backlog)).isEqualTo(in.toString());
    }
}
