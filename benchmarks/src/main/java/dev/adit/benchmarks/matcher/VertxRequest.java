package dev.adit.benchmarks.matcher;

import io.netty.handler.codec.DecoderResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpFrame;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerFileUpload;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.StreamPriority;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.NetSocket;
import java.lang.reflect.Proxy;
import java.util.Set;

/** A GET that never came over a wire, as far as a router asks for it. */
final class VertxRequest extends HttpServerRequestInternal {
    private static final HostAndPort AUTHORITY = HostAndPort.create("x", 80);

    private final HttpServerResponse response = response(HttpServerResponse.class);
    private final MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    private final ContextInternal context;
    /** May change between requests. */
    String path = "/";

    VertxRequest(ContextInternal context) {
        this.context = context;
    }

    /** An answer that takes whatever is said, and is never complete. */
    private static <R> R response(Class<R> type) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Class<?> result = method.getReturnType();
                    if (result == boolean.class) {
                        return false;
                    }
                    if (result == int.class) {
                        return 200;
                    }
                    return result == Future.class ? Future.succeededFuture() : result.isInstance(proxy) ? proxy : null;
                }));
    }

    private static UnsupportedOperationException unasked() {
        return new UnsupportedOperationException("no router asks for it");
    }

    @Override
    public ContextInternal context() {
        return context;
    }

    @Override
    public HttpServerResponse response() {
        return response;
    }

    @Override
    public HttpMethod method() {
        return HttpMethod.GET;
    }

    @Override
    public HttpVersion version() {
        return HttpVersion.HTTP_1_1;
    }

    @Override
    public HostAndPort authority() {
        return AUTHORITY;
    }

    @Override
    public MultiMap headers() {
        return headers;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public String query() {
        return "";
    }

    @Override
    public String uri() {
        return path;
    }

    @Override
    public String absoluteURI() {
        return "http://x" + path;
    }

    @Override
    public HttpServerRequest exceptionHandler(Handler<Throwable> handler) {
        throw unasked();
    }

    @Override
    public HttpServerRequest handler(Handler<Buffer> handler) {
        throw unasked();
    }

    @Override
    public HttpServerRequest pause() {
        throw unasked();
    }

    @Override
    public HttpServerRequest resume() {
        throw unasked();
    }

    @Override
    public HttpServerRequest fetch(long amount) {
        throw unasked();
    }

    @Override
    public HttpServerRequest endHandler(Handler<Void> handler) {
        throw unasked();
    }

    @Override
    public String scheme() {
        throw unasked();
    }

    @Override
    public HostAndPort authority(boolean real) {
        throw unasked();
    }

    @Override
    public long bytesRead() {
        throw unasked();
    }

    @Override
    public HttpServerRequest setParamsCharset(String charset) {
        throw unasked();
    }

    @Override
    public String getParamsCharset() {
        throw unasked();
    }

    @Override
    public MultiMap params(boolean semicolonIsNormal) {
        throw unasked();
    }

    @Override
    public Future<Buffer> body() {
        throw unasked();
    }

    @Override
    public Future<Void> end() {
        throw unasked();
    }

    @Override
    public Future<NetSocket> toNetSocket() {
        throw unasked();
    }

    @Override
    public HttpServerRequest setExpectMultipart(boolean expect) {
        throw unasked();
    }

    @Override
    public boolean isExpectMultipart() {
        throw unasked();
    }

    @Override
    public HttpServerRequest uploadHandler(Handler<HttpServerFileUpload> handler) {
        throw unasked();
    }

    @Override
    public MultiMap formAttributes() {
        throw unasked();
    }

    @Override
    public String getFormAttribute(String name) {
        throw unasked();
    }

    @Override
    public Future<ServerWebSocket> toWebSocket() {
        throw unasked();
    }

    @Override
    public boolean isEnded() {
        throw unasked();
    }

    @Override
    public HttpServerRequest customFrameHandler(Handler<HttpFrame> handler) {
        throw unasked();
    }

    @Override
    public HttpConnection connection() {
        throw unasked();
    }

    @Override
    public HttpServerRequest streamPriorityHandler(Handler<StreamPriority> handler) {
        throw unasked();
    }

    @Override
    public DecoderResult decoderResult() {
        throw unasked();
    }

    @Override
    public Cookie getCookie(String name) {
        throw unasked();
    }

    @Override
    public Cookie getCookie(String name, String domain, String path) {
        throw unasked();
    }

    @Override
    public Set<Cookie> cookies(String name) {
        throw unasked();
    }

    @Override
    public Set<Cookie> cookies() {
        throw unasked();
    }

    @Override
    public Object metric() {
        throw unasked();
    }
}
