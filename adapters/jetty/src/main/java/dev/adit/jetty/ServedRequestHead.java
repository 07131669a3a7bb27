package dev.adit.jetty;

import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.RequestHead;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.HostPort;
import org.eclipse.jetty.util.URIUtil;
import org.jspecify.annotations.Nullable;

/** Jetty's request as core reads it. */
final class ServedRequestHead implements RequestHead {
    private final String method;
    private final String target;
    private final HttpVersion version;
    private final @Nullable String authority;
    private final FieldHeaders headers;

    ServedRequestHead(Request request) {
        method = request.getMethod();
        version = switch (request.getConnectionMetaData().getHttpVersion()) {
            case HTTP_0_9, HTTP_1_0 -> HttpVersion.HTTP_1_0;
            case HTTP_1_1 -> HttpVersion.HTTP_1_1;
            case HTTP_2, HTTP_3 -> HttpVersion.HTTP_2;
        };
        headers = new FieldHeaders(version == HttpVersion.HTTP_2 ? joined(request.getHeaders()) : request.getHeaders());
        HttpURI uri = request.getHttpURI();
        authority = version == HttpVersion.HTTP_2 ? uri.getAuthority() : null;
        target = version == HttpVersion.HTTP_2 || isFilledIn(request, uri, headers.get("Host"))
                ? originForm(uri)
                : uri.asString();
    }

    /**
     * Whether the authority was not in the target: Jetty puts that of the Host field, or else its own, and the
     * connection's scheme into an origin form, and leaves an absolute form as it came. What it cannot have put there was
     * sent.
     */
    private static boolean isFilledIn(Request request, HttpURI uri, @Nullable String host) {
        String authority = uri.getAuthority();
        String scheme = request.getConnectionMetaData().isSecure() ? "https" : "http";
        if (authority == null || uri.getUser() != null || !scheme.equals(uri.getScheme())) {
            return authority == null;
        }
        if (authority.equals(host)) {
            return true;
        }
        HostPort given = host == null ? request.getConnectionMetaData().getServerAuthority() : HostPort.unsafe(host);
        int port = given.getPort() == URIUtil.getDefaultPortForScheme(uri.getScheme()) ? 0 : given.getPort();
        return authority.equals(port > 0 ? given.getHost() + ":" + port : given.getHost());
    }

    /** RFC 9113 section 8.2.3: several Cookie fields of HTTP/2 are one of HTTP/1.1. */
    private static HttpFields joined(HttpFields fields) {
        List<String> cookies = fields.getValuesList(HttpHeader.COOKIE);
        return cookies.size() < 2
                ? fields
                : HttpFields.build(fields).put(HttpHeader.COOKIE, String.join("; ", cookies));
    }

    private static String originForm(HttpURI uri) {
        String text = uri.getPathQuery();
        String fragment = uri.getFragment();
        if (text == null) {
            return "";
        }
        return fragment == null ? text : text + "#" + fragment;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String target() {
        return target;
    }

    @Override
    public HttpVersion version() {
        return version;
    }

    @Override
    public @Nullable String authority() {
        return authority;
    }

    @Override
    public FieldHeaders headers() {
        return headers;
    }
}
