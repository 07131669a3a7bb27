package dev.adit.tls;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Server name to identity: exact host, wildcard host, certificate names, default. Immutable. */
public final class CertificateTable {
    /** No identities. */
    public static final CertificateTable EMPTY = builder().build();

    /** A builder without entries. */
    public static Builder builder() {
        return new Builder();
    }

    /** The identity for a server name as a client sent it (any case, one trailing dot, null = none), or null. */
    public @Nullable Identity find(@Nullable String serverName) {
        throw new UnsupportedOperationException();
    }

    /** The identity for names that no other entry covers, or null. */
    public @Nullable Identity defaultIdentity() {
        throw new UnsupportedOperationException();
    }

    /** Every identity once. */
    public Collection<Identity> identities() {
        throw new UnsupportedOperationException();
    }

    /** Collects entries; not thread-safe. Earlier entries win over later ones of the same name. */
    public static final class Builder {
        /** Serves {@code host}, or {@code *.parent}, with {@code identity}. */
        public Builder host(String host, Identity identity) {
            throw new UnsupportedOperationException();
        }

        /** Serves {@code host} with the default identity, even where a certificate's own names or a wildcard would cover it. */
        public Builder hostWithDefault(String host) {
            throw new UnsupportedOperationException();
        }

        /** Serves every name in {@code identity}'s own certificate that no host entry covers. */
        public Builder names(Identity identity) {
            throw new UnsupportedOperationException();
        }

        /** What names without an entry get; null = nothing, the handshake fails. */
        public Builder defaultIdentity(@Nullable Identity identity) {
            throw new UnsupportedOperationException();
        }

        /** The table. */
        public CertificateTable build() {
            return new CertificateTable();
        }
    }
}
