package dev.adit.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    private final Outbox outbox = new Outbox(channel.pipeline().firstContext(), channel.alloc());

    private static ByteBuf bytes(int size) {
        return Unpooled.wrappedBuffer("x".repeat(size).getBytes(StandardCharsets.US_ASCII));
    }

    /** The sizes of the buffers that were sent. */
    private List<Integer> sent() {
        List<Integer> sizes = new ArrayList<>();
        for (ByteBuf buffer = channel.readOutbound(); buffer != null; buffer = channel.readOutbound()) {
            sizes.add(buffer.readableBytes());
            buffer.release();
        }
        return sizes;
    }

    @Test
    void gathersWhatIsSmall() {
        outbox.room(5).writeBytes(bytes(5));
        ByteBuf body = bytes(1024);
        outbox.add(body);
        outbox.room(2).writeBytes(bytes(2));
        assertThat(body.refCnt()).isZero();
        assertThat(sent()).isEmpty();

        outbox.flush();
        assertThat(sent()).containsExactly(5 + 1024 + 2);
    }

    @Test
    void passesOnWhatIsNot() {
        outbox.room(5).writeBytes(bytes(5));
        ByteBuf body = bytes(100_000);
        outbox.add(body);
        assertThat(body.refCnt()).isOne();

        outbox.flush();
        assertThat(sent()).containsExactly(5, 100_000);
    }

    @Test
    void hasRoomForTheLargestHead() {
        outbox.room(70_000).writeBytes(bytes(70_000));
        outbox.flush();
        assertThat(sent()).containsExactly(70_000);
    }

    @Test
    void sendsNothingTwiceAndNothingThatWasCleared() {
        outbox.room(5).writeBytes(bytes(5));
        outbox.clear();
        outbox.flush();
        outbox.add(bytes(7));
        outbox.flush();
        outbox.flush();
        assertThat(sent()).containsExactly(7);
    }

    @Property(tries = 100)
    void keepsTheOrder(@ForAll @Size(max = 30) List<@IntRange(min = 0, max = 4000) Integer> sizes) {
        StringBuilder expected = new StringBuilder();
        for (int size : sizes) {
            String text = String.valueOf((char) ('a' + size % 26)).repeat(size);
            expected.append(text);
            ByteBuf piece = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
            if (size % 3 == 0) {
                outbox.room(size).writeBytes(piece);
                piece.release();
            } else {
                outbox.add(piece);
            }
        }
        outbox.flush();
        StringBuilder sent = new StringBuilder();
        for (ByteBuf buffer = channel.readOutbound(); buffer != null; buffer = channel.readOutbound()) {
            sent.append(buffer.toString(StandardCharsets.US_ASCII));
            buffer.release();
        }
        assertThat(sent).hasToString(expected.toString());
    }
}
