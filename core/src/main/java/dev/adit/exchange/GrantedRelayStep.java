package dev.adit.exchange;

import java.util.List;

/** An upstream's answer that takes along the cookies of an external authentication. */
final class GrantedRelayStep extends RelayStep {
    private final List<String> cookies;

    GrantedRelayStep(ResponseHead response, boolean upgraded, boolean withoutBody, List<String> cookies) {
        super(response, upgraded, withoutBody);
        this.cookies = cookies;
    }

    @Override
    public void writeHead(ResponseSink to) {
        super.writeHead(to);
        cookies.forEach(cookie -> to.field("Set-Cookie", cookie));
    }
}
