package dev.adit.exchange;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An upstream's answer, and the filter that its head passes on its way to the client. */
class RelayStep implements Relay, Headers.Visitor {
    private final ResponseHead response;
    private final boolean withoutBody;
    private @Nullable ResponseSink sink;

    /** @param withoutBody whether Content-Length only says what another answer would have had */
    RelayStep(ResponseHead response, boolean withoutBody) {
        this.response = response;
        this.withoutBody = withoutBody;
    }

    /**
     * @param granted the protocol that it switches to, or null
     * @param cookies those of an external authentication; may be empty
     * @param security the value of Strict-Transport-Security; empty to leave the upstream's
     */
    static RelayStep of(
            ResponseHead response,
            @Nullable Upgrade granted,
            boolean withoutBody,
            List<String> cookies,
            String security) {
        if (granted != null) {
            return new SwitchStep(response, granted, cookies, security);
        }
        return cookies.isEmpty() && security.isEmpty()
                ? new RelayStep(response, withoutBody)
                : new AmendedRelayStep(response, withoutBody, cookies, security);
    }

    @Override
    public boolean upgraded() {
        return false;
    }

    /** What the client gets to see. */
    int status() {
        return response.status();
    }

    @Override
    public void writeHead(ResponseSink to) {
        Headers headers = response.headers();
        sink = to;
        to.start(status());
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
