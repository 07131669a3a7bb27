package dev.adit.wire;

import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.RequestHead;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads request heads (RFC 9112 section 3), and is the head that it read last, until it is reset. */
public final class RequestReader extends HeadReader implements RequestHead {
    private static final String[] COMMON_METHODS = {"GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"};

    private String method = "";
    private String target = "";
    private HttpVersion version = HttpVersion.HTTP_1_1;

    /** A reader that refuses what breaks {@code limits}. */
    public RequestReader(MessageLimits limits) {
        super(limits, true);
    }

    @Override
    public void reset() {
        super.reset();
        method = "";
        target = "";
    }

    @Override
    boolean mayStartBlank() {
        return true;
    }

    @Override
    void startLine(int start, int end) throws BadMessageException {
        byte[] bytes = fields.bytes;
        int at = start;
        while (at < end && Grammar.isToken(bytes[at])) {
            at++;
        }
        if (at == start || at == end || bytes[at] != ' ') {
            throw new BadMessageException("not a request line");
        }
        method = method(start, at);
        int from = ++at;
        while (at < end && bytes[at] > ' ' && bytes[at] != 0x7f) {
            at++;
        }
        if (at == from || at == end || bytes[at] != ' ') {
            throw new BadMessageException("not a request line");
        }
        target = new String(bytes, from, at - from, StandardCharsets.ISO_8859_1);
        version = version(bytes, at + 1, end);
    }

    private String method(int start, int end) {
        for (String common : COMMON_METHODS) {
            if (isText(common, start, end)) {
                return common;
            }
        }
        return new String(fields.bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    private boolean isText(String text, int start, int end) {
        if (end - start != text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (fields.bytes[start + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    static HttpVersion version(byte[] bytes, int start, int end) throws BadMessageException {
        if (end - start != 8
                || bytes[start] != 'H'
                || bytes[start + 1] != 'T'
                || bytes[start + 2] != 'T'
                || bytes[start + 3] != 'P'
                || bytes[start + 4] != '/'
                || !Grammar.isDigit(bytes[start + 5])
                || bytes[start + 6] != '.'
                || !Grammar.isDigit(bytes[start + 7])) {
            throw new BadMessageException("not an HTTP version");
        }
        if (bytes[start + 5] == '1' && bytes[start + 7] == '1') {
            return HttpVersion.HTTP_1_1;
        }
        if (bytes[start + 5] == '1' && bytes[start + 7] == '0') {
            return HttpVersion.HTTP_1_0;
        }
        throw new BadMessageException(505, "an HTTP version that is not spoken here");
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
        return null;
    }

    @Override
    public Fields headers() {
        return fields;
    }
}
