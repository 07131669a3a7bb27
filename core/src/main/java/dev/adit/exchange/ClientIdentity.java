package dev.adit.exchange;

import dev.adit.tls.ClientAuthority.Verdict;

/**
 * What upstreams are told of a client that had to say who it is.
 *
 * @param passes whether they get its certificate, too
 */
record ClientIdentity(ClientCertificate certificate, Verdict verdict, boolean passes) {
    /** Whether a field says such things, whoever wrote it. */
    static boolean isField(CharSequence name) {
        return Fields.startsWith(name, "ssl-client-");
    }

    void write(RequestSink to) {
        to.field("ssl-client-verify", verdict.text());
        ClientCertificate.Texts texts = certificate.texts();
        if (texts != null) {
            to.field("ssl-client-subject-dn", texts.subject());
            to.field("ssl-client-issuer-dn", texts.issuer());
            if (passes) {
                to.field("ssl-client-cert", texts.pem());
            }
        }
    }
}
