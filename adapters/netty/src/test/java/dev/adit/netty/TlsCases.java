package dev.adit.netty;

import java.util.List;

/** What tests of TLS are repeated for. */
final class TlsCases {
    private TlsCases() {}

    /** The engines that work here. */
    static List<TlsEngine> engines() {
        return TlsEngine.OPENSSL.isAvailable() ? List.of(TlsEngine.JDK, TlsEngine.OPENSSL) : List.of(TlsEngine.JDK);
    }
}
