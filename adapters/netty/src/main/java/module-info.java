/** The Netty transport. */
module dev.adit.netty {
    requires static org.jspecify;
    requires transitive dev.adit.core;
    requires transitive io.netty.transport;
    requires transitive io.netty.buffer;
    requires io.netty.codec.http;
    requires io.netty.codec.http2;
    requires io.netty.codec;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.resolver;
    requires io.netty.resolver.dns;
    requires static io.netty.transport.classes.epoll;
    requires static io.netty.transport.unix.common;

    exports dev.adit.netty;
}
