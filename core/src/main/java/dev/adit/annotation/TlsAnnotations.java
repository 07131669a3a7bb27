package dev.adit.annotation;

import dev.adit.tls.TlsPolicy;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Those of {@link NginxDialect} that say which cipher suites the clients of a host may use. */
final class TlsAnnotations {
    private static final String CIPHERS = "ssl-ciphers";
    private static final String PREFERENCE = "ssl-prefer-server-ciphers";

    private final NginxDialect dialect;
    private final TlsPolicy standard;

    /** @param standard what holds where nothing is said */
    TlsAnnotations(NginxDialect dialect, TlsPolicy standard) {
        this.dialect = dialect;
        this.standard = standard;
    }

    /** Null if nothing is said. */
    @Nullable
    TlsPolicy read() {
        if (dialect.text(CIPHERS).isEmpty() && dialect.text(PREFERENCE).isEmpty()) {
            return null;
        }
        TlsPolicy policy = ciphers(dialect.text(CIPHERS));
        return policy.withServerPreference(dialect.bool(PREFERENCE, standard.serverPreference()));
    }

    /**
     * Lists are written for OpenSSL: names of suites that are not taken, and key words, are reported and passed over. What is left only ever
     * narrows what is safe anyway, so nothing need be closed.
     */
    private TlsPolicy ciphers(String names) {
        if (names.isEmpty()) {
            return standard;
        }
        List<String> unknown = TlsPolicy.unknownCiphers(names);
        if (!unknown.isEmpty()) {
            dialect.invalid(CIPHERS, "names what is not taken here: " + String.join(", ", unknown));
        }
        String known = String.join(
                ":",
                Arrays.stream(names.split("[:, ]+"))
                        .filter(name -> !name.isEmpty() && !unknown.contains(name))
                        .toList());
        return known.isEmpty() ? standard : standard.withCiphers(known);
    }
}
