package dev.adit.exchange;

import java.util.List;

/** An upstream's answer that switches to another protocol, as its client has to hear it. */
final class SwitchStep extends AmendedRelayStep {
    private final ResponseHead response;
    private final Upgrade granted;

    /**
     * @param cookies those of an external authentication; may be empty
     * @param security as in {@link AmendedRelayStep}
     */
    SwitchStep(ResponseHead response, Upgrade granted, List<String> cookies, String security) {
        super(response, false, cookies, security);
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
