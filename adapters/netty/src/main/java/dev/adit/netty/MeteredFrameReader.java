package dev.adit.netty;

import dev.adit.wire.FrameBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import org.jspecify.annotations.Nullable;

/**
 * Charges every frame to the budget of its connection, before anything is done about it: also those that Netty ignores. Of
 * clients it also asks for the right numbers.
 */
final class MeteredFrameReader implements Http2FrameReader {
    private final Http2FrameReader reader;
    private final FrameBudget budget;
    private final @Nullable StreamNumbers numbers;
    private @Nullable Meter meter;
    private boolean closing;

    /** @param numbers of a client's streams; null where the peer opens none */
    MeteredFrameReader(Http2FrameReader reader, FrameBudget budget, @Nullable StreamNumbers numbers) {
        this.reader = reader;
        this.budget = budget;
        this.numbers = numbers;
    }

    @Override
    public void readFrame(ChannelHandlerContext ctx, ByteBuf input, Http2FrameListener listener) throws Http2Exception {
        if (budget.exhausted()) {
            input.skipBytes(input.readableBytes());
            if (!closing) {
                closing = true;
                throw Http2Exception.connectionError(
                        Http2Error.ENHANCE_YOUR_CALM, "too many frames that move no request");
            }
            return;
        }
        Meter known = meter;
        if (known == null || !known.passesTo(listener)) {
            known = new Meter(listener);
            meter = known;
        }
        reader.readFrame(ctx, input, known);
    }

    @Override
    public Configuration configuration() {
        return reader.configuration();
    }

    @Override
    public void close() {
        reader.close();
    }

    private final class Meter extends Http2FrameListenerDecorator {
        Meter(Http2FrameListener listener) {
            super(listener);
        }

        boolean passesTo(Http2FrameListener other) {
            return listener == other;
        }

        @Override
        public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean end)
                throws Http2Exception {
            budget.spend(data.isReadable() ? 0 : FrameBudget.FRAME);
            return super.onDataRead(ctx, streamId, data, padding, end);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean end)
                throws Http2Exception {
            headers(streamId);
            super.onHeadersRead(ctx, streamId, headers, padding, end);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx,
                int streamId,
                Http2Headers headers,
                int dependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean end)
                throws Http2Exception {
            headers(streamId);
            super.onHeadersRead(ctx, streamId, headers, dependency, weight, exclusive, padding, end);
        }

        private void headers(int streamId) throws Http2Exception {
            budget.spend(FrameBudget.FRAME);
            if (numbers != null) {
                numbers.headers(streamId);
            }
        }

        @Override
        public void onPriorityRead(
                ChannelHandlerContext ctx, int streamId, int dependency, short weight, boolean exclusive)
                throws Http2Exception {
            budget.spend(FrameBudget.FRAME);
            super.onPriorityRead(ctx, streamId, dependency, weight, exclusive);
        }

        @Override
        public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) throws Http2Exception {
            budget.spend(FrameBudget.FRAME);
            super.onRstStreamRead(ctx, streamId, errorCode);
        }

        @Override
        public void onSettingsAckRead(ChannelHandlerContext ctx) throws Http2Exception {
            budget.spend(FrameBudget.FRAME);
            super.onSettingsAckRead(ctx);
        }

        @Override
        public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) throws Http2Exception {
            budget.spend(FrameBudget.SETTINGS);
            super.onSettingsRead(ctx, settings);
        }

        @Override
        public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
            budget.spend(FrameBudget.FRAME);
            super.onPingRead(ctx, data);
        }

        @Override
        public void onPingAckRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
            budget.spend(FrameBudget.FRAME);
            super.onPingAckRead(ctx, data);
        }

        @Override
        public void onGoAwayRead(ChannelHandlerContext ctx, int lastStreamId, long errorCode, ByteBuf debug)
                throws Http2Exception {
            budget.spend(FrameBudget.FRAME);
            super.onGoAwayRead(ctx, lastStreamId, errorCode, debug);
        }

        @Override
        public void onWindowUpdateRead(ChannelHandlerContext ctx, int streamId, int increment) throws Http2Exception {
            budget.spend(FrameBudget.FRAME);
            super.onWindowUpdateRead(ctx, streamId, increment);
        }

        @Override
        public void onUnknownFrame(
                ChannelHandlerContext ctx, byte frameType, int streamId, Http2Flags flags, ByteBuf payload)
                throws Http2Exception {
            budget.spend(FrameBudget.FRAME);
            super.onUnknownFrame(ctx, frameType, streamId, flags, payload);
        }
    }
}
