package dev.adit.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.xnio.channels.StreamSourceChannel;

class ClientSideTest {
    private long read;

    /** A body of so many bytes, all of which are here; then what {@code afterwards} says. */
    private StreamSourceChannel body(long length, int afterwards) {
        return (StreamSourceChannel) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {StreamSourceChannel.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "read" -> {
                        ByteBuffer into = (ByteBuffer) arguments[0];
                        yield (int) take(Math.min(into.remaining(), length - read), into, afterwards);
                    }
                    case "transferTo" -> take(Math.min((long) arguments[1], length - read), null, 0);
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private long take(long count, ByteBuffer into, int afterwards) {
        if (count == 0) {
            return afterwards;
        }
        read += count;
        if (into != null) {
            into.position(into.position() + (int) count);
        }
        return count;
    }

    @Test
    void aClientThatSendsAsFastAsItIsReadDoesNotKeepTheThread() throws IOException {
        assertThat(ClientSide.skip(body(Long.MAX_VALUE, -1))).isEqualTo(1);
        assertThat(read).isEqualTo(256 << 10);
    }

    @Test
    void whatIsHereOfASmallBodyIsReadToItsEnd() throws IOException {
        assertThat(ClientSide.skip(body(100_000, -1))).isEqualTo(-1);
        assertThat(read).isEqualTo(100_000);
    }

    @Test
    void whatIsNotHereYetIsNotWaitedFor() throws IOException {
        assertThat(ClientSide.skip(body(100_000, 0))).isZero();
        assertThat(read).isEqualTo(100_000);
    }
}
