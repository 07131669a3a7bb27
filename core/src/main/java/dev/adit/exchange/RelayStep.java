package dev.adit.exchange;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An upstream's answer, and the filter that its head passes on its way to the client. */
class RelayStep implements Relay, Headers.Visitor {
    private final ResponseHead response;
    private final boolean upgraded;
    private final boolean withoutBody;
    private @Nullable ResponseSink sink;

    /** @param withoutBody whether Content-Length only says what another answer would have had */
    RelayStep(ResponseHead response, boolean upgraded, boolean withoutBody) {
        this.response = response;
        this.upgraded = upgraded;
        this.withoutBody = withoutBody;
    }

    @Override
    public boolean upgraded() {
        return upgraded;
    }

    @Override
    public void writeHead(ResponseSink to) {
        Headers headers = response.headers();
        sink = to;
        to.start(response.status());
        List<String> nominated = Fields.nominated(headers);
        if (nominated == null) {
            headers.forEach(this);
        } else {
            headers.forEach((name, value) -> {
                if (!Fields.contains(nominated, name)) {
                    field(name, value);
                }
            });
        }
        String protocol = upgraded ? headers.get("Upgrade") : null;
        if (upgraded) {
            to.field("Connection", "Upgrade");
        }
        if (protocol != null) {
            to.field("Upgrade", protocol);
        }
        sink = null;
    }

    /** Receives the upstream's fields and passes on what may go on. */
    @Override
    public void field(CharSequence name, CharSequence value) {
        if (sink != null && (!Fields.endsInResponse(name) || withoutBody && Fields.is(name, "content-length"))) {
            sink.field(name, value);
        }
    }
}
