package dev.adit.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DecoratingHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;

/**
 * Writes the frames of a message as one buffer each. Netty writes a frame's header and its payload for themselves, each with a
 * promise of its own; most frames are so small that copying them costs less.
 */
final class CompactFrameWriter extends DecoratingHttp2FrameWriter {
    /** Bytes of a frame's header (RFC 9113 section 4.1). */
    private static final int HEADER = 9;
    /** What most heads take. */
    private static final int BLOCK = 256;
    /** A piece of a body up to so many bytes is copied behind its frame's header. */
    private static final int COPIED = 2048;

    private final DefaultHttp2FrameWriter writer;
    private final Http2HeadersEncoder encoder;

    CompactFrameWriter(Http2HeadersEncoder.SensitivityDetector secrets) {
        this(new DefaultHttp2HeadersEncoder(secrets));
    }

    private CompactFrameWriter(Http2HeadersEncoder encoder) {
        this(new DefaultHttp2FrameWriter(encoder), encoder);
    }

    private CompactFrameWriter(DefaultHttp2FrameWriter writer, Http2HeadersEncoder encoder) {
        super(writer);
        this.writer = writer;
        this.encoder = encoder;
    }

    @Override
    public ChannelFuture writeHeaders(
            ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean end, ChannelPromise promise) {
        ByteBuf frame = ctx.alloc().buffer(BLOCK).writeZero(HEADER);
        try {
            encoder.encodeHeaders(id, headers, frame);
        } catch (Http2Exception | RuntimeException e) {
            frame.release();
            return promise.setFailure(e);
        }
        Http2Flags flags = new Http2Flags().endOfStream(end);
        int length = frame.readableBytes() - HEADER;
        if (length <= writer.maxFrameSize()) {
            setHeader(frame, 0, length, Http2FrameTypes.HEADERS, flags.endOfHeaders(true), id);
            return ctx.write(frame, promise);
        }
        return ctx.write(continued(ctx, id, frame.skipBytes(HEADER), flags), promise);
    }

    /** A block that is too large for one frame: HEADERS and the CONTINUATION that it takes, which nothing may come between. */
    private ByteBuf continued(ChannelHandlerContext ctx, int id, ByteBuf block, Http2Flags flags) {
        int most = writer.maxFrameSize();
        int frames = (block.readableBytes() + most - 1) / most;
        ByteBuf out = ctx.alloc().buffer(block.readableBytes() + frames * HEADER);
        byte type = Http2FrameTypes.HEADERS;
        while (block.isReadable()) {
            int length = Math.min(most, block.readableBytes());
            int start = out.writerIndex();
            setHeader(
                    out.writeZero(HEADER),
                    start,
                    length,
                    type,
                    flags.endOfHeaders(length == block.readableBytes()),
                    id);
            out.writeBytes(block, length);
            type = Http2FrameTypes.CONTINUATION;
            flags = new Http2Flags();
        }
        block.release();
        return out;
    }

    @Override
    public ChannelFuture writeData(
            ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean end, ChannelPromise promise) {
        int length = data.readableBytes();
        if (length > COPIED || length > writer.maxFrameSize()) {
            return super.writeData(ctx, id, data, padding, end, promise);
        }
        ByteBuf frame = ctx.alloc().buffer(HEADER + length).writeZero(HEADER);
        setHeader(frame, 0, length, Http2FrameTypes.DATA, new Http2Flags().endOfStream(end), id);
        frame.writeBytes(data);
        data.release();
        return ctx.write(frame, promise);
    }

    private static void setHeader(ByteBuf frame, int at, int length, byte type, Http2Flags flags, int id) {
        frame.setMedium(at, length)
                .setByte(at + 3, type)
                .setByte(at + 4, flags.value())
                .setInt(at + 5, id);
    }
}
