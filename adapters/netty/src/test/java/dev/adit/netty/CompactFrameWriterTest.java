package dev.adit.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames as they go to the wire. */
class CompactFrameWriterTest {
    private static final int MAX_FRAME = 16_384;

    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    private final ChannelHandlerContext ctx = channel.pipeline().firstContext();
    private final CompactFrameWriter writer = new CompactFrameWriter(Http2HeadersEncoder.NEVER_SENSITIVE);

    private record Frame(int type, int flags, int stream, ByteBuf payload) {}

    @AfterEach
    void end() {
        channel.finishAndReleaseAll();
    }

    private List<Frame> written(ChannelFuture future) {
        channel.flush();
        assertThat(future.isSuccess()).isTrue();
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            all.writeBytes(next);
            next.release();
        }
        List<Frame> frames = new ArrayList<>();
        while (all.isReadable()) {
            int length = all.readMedium();
            frames.add(new Frame(all.readByte(), all.readByte(), all.readInt(), all.readSlice(length)));
        }
        return frames;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, MAX_FRAME - 100, MAX_FRAME, 3 * MAX_FRAME, 100_000})
    void headsTakeAsManyFramesAsTheyNeed(int size) throws Exception {
        Http2Headers headers = new DefaultHttp2Headers().status("200").add("x", "a".repeat(size));
        List<Frame> frames = written(writer.writeHeaders(ctx, 3, headers, 0, true, ctx.newPromise()));
        ByteBuf block = Unpooled.buffer();
        for (int i = 0; i < frames.size(); i++) {
            Frame frame = frames.get(i);
            assertThat(frame.type).isEqualTo(i == 0 ? Http2Peer.HEADERS : Http2Peer.CONTINUATION);
            int end = i == 0 ? Http2Peer.END_STREAM : 0;
            int last = i == frames.size() - 1 ? Http2Peer.END_HEADERS : 0;
            assertThat(frame.flags).isEqualTo(end | last);
            assertThat(frame.stream).isEqualTo(3);
            assertThat(frame.payload.readableBytes()).isBetween(1, MAX_FRAME);
            block.writeBytes(frame.payload);
        }
        assertThat(new DefaultHttp2HeadersDecoder(false, 1 << 20).decodeHeaders(3, block))
                .isEqualTo(headers);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2048, 2049, MAX_FRAME})
    void dataTakesOneFrame(int size) {
        ByteBuf data =
                Unpooled.buffer().writeBytes("b".repeat(size).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        List<Frame> frames = written(writer.writeData(ctx, 5, data.retain(), 0, true, ctx.newPromise()));
        assertThat(frames).singleElement().satisfies(frame -> {
            assertThat(frame.type).isEqualTo(Http2Peer.DATA);
            assertThat(frame.flags).isEqualTo(Http2Peer.END_STREAM);
            assertThat(frame.stream).isEqualTo(5);
            assertThat(frame.payload.readableBytes()).isEqualTo(size);
        });
        assertThat(data.refCnt()).isEqualTo(1);
        data.release();
    }

    @Test
    void headsThatThePeerWouldNotTakeAreNotSent() throws Exception {
        writer.configuration().headersConfiguration().maxHeaderListSize(100);
        Http2Headers headers = new DefaultHttp2Headers().status("200").add("x", "a".repeat(200));
        ChannelFuture future = writer.writeHeaders(ctx, 3, headers, 0, true, ctx.newPromise());
        channel.flush();
        assertThat(future.cause()).hasMessageContaining("size");
        assertThat(channel.<ByteBuf>readOutbound()).isNull();
    }
}
