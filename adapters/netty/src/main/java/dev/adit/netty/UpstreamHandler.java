package dev.adit.netty;

/** A connection to an endpoint. */
abstract class UpstreamHandler extends LoopMember {
    UpstreamHandler(Loop loop) {
        super(loop);
    }

    /** The connection stands, TLS included: what its first request is sent to. */
    abstract UpstreamSide ready();

    @Override
    final boolean isClient() {
        return false;
    }
}
