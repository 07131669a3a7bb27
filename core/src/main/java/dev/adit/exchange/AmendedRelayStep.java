package dev.adit.exchange;

import java.util.List;

/** An upstream's answer that takes along what others say: cookies of an external authentication, and Strict-Transport-Security. */
class AmendedRelayStep extends RelayStep {
    private final List<String> cookies;
    private final String security;

    /**
     * @param cookies may be empty
     * @param security replaces the upstream's Strict-Transport-Security; empty to leave that
     */
    AmendedRelayStep(ResponseHead response, boolean withoutBody, List<String> cookies, String security) {
        super(response, withoutBody);
        this.cookies = cookies;
        this.security = security;
    }

    @Override
    public void writeHead(ResponseSink to) {
        super.writeHead(to);
        cookies.forEach(cookie -> to.field("Set-Cookie", cookie));
        if (!security.isEmpty()) {
            to.field(TransportSecurity.NAME, security);
        }
    }

    @Override
    public void field(CharSequence name, CharSequence value) {
        if (security.isEmpty() || !TransportSecurity.isName(name)) {
            super.field(name, value);
        }
    }
}
