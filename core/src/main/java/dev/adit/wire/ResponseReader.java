package dev.adit.wire;

import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.ResponseHead;

/** Reads response heads (RFC 9112 section 4), and is the head that it read last, until it is reset. */
public final class ResponseReader extends HeadReader implements ResponseHead {
    private int status;
    private HttpVersion version = HttpVersion.HTTP_1_1;

    /** A reader that refuses what breaks {@code limits}. */
    public ResponseReader(MessageLimits limits) {
        super(limits, true);
    }

    @Override
    boolean mayStartBlank() {
        return false;
    }

    @Override
    void startLine(int start, int end) throws BadMessageException {
        byte[] bytes = fields.bytes;
        // "HTTP/1.1 200", then a blank and a reason; many servers leave out the blank where the reason is empty.
        if (end - start < 12 || bytes[start + 8] != ' ' || end - start > 12 && bytes[start + 12] != ' ') {
            throw new BadMessageException("not a status line");
        }
        version = RequestReader.version(bytes, start, start + 8);
        status = 0;
        for (int i = start + 9; i < start + 12; i++) {
            if (!Grammar.isDigit(bytes[i])) {
                throw new BadMessageException("not a status code");
            }
            status = status * 10 + bytes[i] - '0';
        }
        if (status < 100 || status > 599) {
            throw new BadMessageException("a status code out of range");
        }
        for (int i = start + 12; i < end; i++) {
            if (!Grammar.isText(bytes[i])) {
                throw new BadMessageException("a control character in the status line");
            }
        }
    }

    @Override
    public int status() {
        return status;
    }

    /** The version it came with. */
    public HttpVersion version() {
        return version;
    }

    /**
     * Whether its connection may serve another request as far as the head says (RFC 9112 section 9.3); what a bodiless answer says
     * about a body casts doubt on what follows it.
     */
    public boolean isPersistent() {
        if (status == 204 && (fields.find("transfer-encoding", 0) >= 0 || announcesLength())) {
            return false;
        }
        return version == HttpVersion.HTTP_1_1
                ? !fields.lists("connection", "close")
                : fields.lists("connection", "keep-alive");
    }

    private boolean announcesLength() {
        String length = fields.get("content-length");
        return length != null && !length.equals("0");
    }

    @Override
    public Fields headers() {
        return fields;
    }
}
