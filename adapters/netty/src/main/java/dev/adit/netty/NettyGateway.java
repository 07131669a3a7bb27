package dev.adit.netty;

/** Placeholder. */
public final class NettyGateway {
    private NettyGateway() {}
}
