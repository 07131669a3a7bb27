package dev.adit.netty;

import io.netty.channel.ChannelPipeline;

/** The server's side of TLS for every client of a listener. Safe for any number of threads. */
interface TlsServer extends AutoCloseable {
    /** Adds what decrypts, and behind it, at once or when that is known to be needed, the handler that serves. */
    void addTo(ChannelPipeline pipeline, NettyGatewayHandler handler);

    /** Lets go of what it holds; connections that are open stay so. */
    @Override
    void close();

    /** What it is called in the log. */
    @Override
    String toString();
}
