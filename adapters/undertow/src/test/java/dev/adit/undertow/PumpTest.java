package dev.adit.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.undertow.server.DefaultByteBufferPool;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xnio.ChannelListener;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/** A pump between two channels that tell nothing but what they are asked. */
class PumpTest {
    private final List<String> heard = new ArrayList<>();
    private final ChannelListener.SimpleSetter<StreamSinkChannel> sinkSetter = new ChannelListener.SimpleSetter<>();

    /** A source that has one byte, and then nothing for now. */
    private static StreamSourceChannel silentAfterOne() {
        ChannelListener.SimpleSetter<StreamSourceChannel> setter = new ChannelListener.SimpleSetter<>();
        int[] left = {1};
        return channel(StreamSourceChannel.class, (self, method, arguments) -> switch (method.getName()) {
            case "getReadSetter" -> setter;
            case "read" -> {
                boolean more = left[0]-- > 0;
                if (more) {
                    ((ByteBuffer) arguments[0]).put((byte) 'x');
                }
                yield more ? 1 : 0;
            }
            default -> null;
        });
    }

    /** A source that has one byte for each of so many reads, then its end, and wakes nobody after that. */
    private StreamSourceChannel source(int reads) {
        ChannelListener.SimpleSetter<StreamSourceChannel> setter = new ChannelListener.SimpleSetter<>();
        int[] left = {reads};
        return channel(StreamSourceChannel.class, (self, method, arguments) -> switch (method.getName()) {
            case "getReadSetter" -> setter;
            case "read" -> {
                if (left[0] < 0) {
                    throw new IOException("was read after its end");
                }
                boolean more = left[0]-- > 0;
                if (more) {
                    ((ByteBuffer) arguments[0]).put((byte) 'x');
                }
                yield more ? 1 : -1;
            }
            case "wakeupReads" -> {
                if (left[0] >= 0) {
                    setter.get().handleEvent((StreamSourceChannel) self);
                }
                yield null;
            }
            default -> null;
        });
    }

    /** A sink that takes everything at once, and passes it on if {@code flushes}. */
    private StreamSinkChannel sink(AtomicBoolean flushes) {
        return channel(StreamSinkChannel.class, (self, method, arguments) -> switch (method.getName()) {
            case "getWriteSetter" -> sinkSetter;
            case "write" -> {
                ByteBuffer bytes = (ByteBuffer) arguments[0];
                int count = bytes.remaining();
                bytes.position(bytes.limit());
                heard.add("x".repeat(count));
                yield count;
            }
            case "flush" -> flushes.get();
            default -> null;
        });
    }

    private static <C> C channel(Class<C> type, InvocationHandler calls) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls));
    }

    private final class Told implements Pump.Listener {
        @Override
        public void sourceEnded() {
            heard.add("source ended");
        }

        @Override
        public void pumped() {
            heard.add("pumped");
        }

        @Override
        public void sourceFailed(IOException cause) {
            heard.add(cause.toString());
        }

        @Override
        public void sinkFailed(IOException cause) {
            heard.add(cause.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 14, 15, 16, 17, 31, 32, 100})
    void endsWhateverTurnTheEndFallsOn(int reads) {
        new Pump(source(reads), sink(new AtomicBoolean(true)), new DefaultByteBufferPool(false, 16), new Told())
                .start();
        List<String> expected = new ArrayList<>(Collections.nCopies(reads, "x"));
        expected.addAll(List.of("source ended", "pumped"));
        assertThat(heard).isEqualTo(expected);
    }

    @Test
    void waitsForASinkThatKeepsWhatItTook() {
        AtomicBoolean flushes = new AtomicBoolean();
        StreamSinkChannel sink = sink(flushes);
        Pump pump = new Pump(silentAfterOne(), sink, new DefaultByteBufferPool(false, 16), new Told());
        pump.start();
        assertThat(pump.waitsFor()).isEqualTo(Pump.Wait.SINK);
        flushes.set(true);
        sinkSetter.get().handleEvent(sink);
        assertThat(pump.waitsFor()).isEqualTo(Pump.Wait.SOURCE);
    }
}
