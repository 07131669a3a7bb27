package dev.adit.tck;

/** Something that a server or client library may be unable to do. What is not listed here every transport must do. */
public enum Capability {
    /** Serve TLS with the certificates of the gateway's table. */
    TLS("serves TLS"),
    /** Read the server name in a client's hello, and pass on its TLS connection as it is. */
    TLS_PASSTHROUGH("passes TLS through"),
    /** Talk to HTTP/1.0 clients, and to upstreams that answer in HTTP/1.0. */
    HTTP_1_0("speaks HTTP/1.0"),
    /** Pass on trailer fields of requests and of responses. */
    TRAILERS("passes trailer fields on"),
    /** Pass on 1xx responses other than 100 and 101. */
    INTERIM_RESPONSES("passes interim responses on"),
    /** Ask for a request's body only when an upstream is there to take it. */
    EXPECT_CONTINUE("answers Expect: 100-continue itself"),
    /** Switch to another protocol, WebSocket among them, and tunnel its bytes. */
    UPGRADE("tunnels after 101"),
    /** End one direction of a tunnel and keep the other. */
    HALF_CLOSE("keeps half-closed tunnels"),
    /** Take several requests at once on one connection and answer them in order. */
    PIPELINING("answers pipelined requests"),
    /** Relay an upstream's answer while the request's body is still on its way. */
    EARLY_RESPONSES("relays answers before the request is complete"),
    /** Pass on the pieces of a body as they come, without waiting for more. */
    STREAMING("streams bodies"),
    /** Reset an HTTP/1.0 client's connection when an answer without a length breaks off, as only that tells it. */
    RESET("resets a connection when nothing else tells"),
    /** Serve clients that speak HTTP/2: in clear text with prior knowledge and, with {@link #TLS}, by ALPN. */
    HTTP_2("serves HTTP/2"),
    /** Pass on 1xx responses to clients that speak HTTP/2. */
    HTTP_2_INTERIM_RESPONSES("passes interim responses on over HTTP/2"),
    /** Act on single frames: end a flood of them, notice a reset while the upstream is silent, drain by GOAWAY. */
    HTTP_2_FRAMES("acts on single HTTP/2 frames: resets, floods, GOAWAY"),
    /** Keep to rules that only the reader of frames can: what error a fault is, whose CONTINUATION comes, when settings count. */
    HTTP_2_RULES("keeps to every rule of HTTP/2"),
    /** Speak HTTP/2 in clear text to upstreams: what gRPC needs. */
    HTTP_2_UPSTREAMS("speaks HTTP/2 to upstreams"),
    /** Have several streams open on one connection to an upstream, and send again what it has refused. */
    HTTP_2_UPSTREAM_STREAMS("shares HTTP/2 connections to upstreams"),
    /** Keep a request's body while it is sent, to send it again. */
    REPLAY("sends bodies again"),
    /** Send copies of requests to others. */
    MIRRORS("sends copies of requests");

    private final String sentence;

    Capability(String sentence) {
        this.sentence = sentence;
    }

    /** What a transport does that has it, in a few words. */
    public String sentence() {
        return sentence;
    }
}
