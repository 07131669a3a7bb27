package dev.adit.exchange;

import java.util.List;

/** An upstream's answer that switches to another protocol, as its client has to hear it. */
final class SwitchStep extends GrantedRelayStep {
    private final ResponseHead response;
    private final Upgrade granted;

    /** @param cookies those of an external authentication; may be empty */
    SwitchStep(ResponseHead response, Upgrade granted, List<String> cookies) {
        super(response, false, cookies);
        this.response = response;
        this.granted = granted;
    }

    @Override
    public boolean upgraded() {
        return true;
    }

    @Override
    int status() {
        return granted.grantStatus();
    }

    @Override
    public void writeHead(ResponseSink to) {
        super.writeHead(to);
        granted.writeGrant(response, to);
    }

    @Override
    public void field(CharSequence name, CharSequence value) {
        if (!granted.endsInGrant(name)) {
            super.field(name, value);
        }
    }
}
