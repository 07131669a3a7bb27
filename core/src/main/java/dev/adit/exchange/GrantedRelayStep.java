package dev.adit.exchange;

import java.util.List;

/** An upstream's answer that takes along the cookies of an external authentication. */
class GrantedRelayStep extends RelayStep {
    private final List<String> cookies;

    GrantedRelayStep(ResponseHead response, boolean withoutBody, List<String> cookies) {
        super(response, withoutBody);
        this.cookies = cookies;
    }

    @Override
    public void writeHead(ResponseSink to) {
        super.writeHead(to);
        cookies.forEach(cookie -> to.field("Set-Cookie", cookie));
    }
}
