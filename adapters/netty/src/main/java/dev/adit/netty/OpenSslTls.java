package dev.adit.netty;

import dev.adit.tls.CertificateTable;
import dev.adit.tls.ClientHello;
import dev.adit.tls.Identity;
import dev.adit.tls.OcspStaple;
import dev.adit.tls.TlsPolicy;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslHandler;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * TLS by OpenSSL. Each handshake reads the current table once, with the name in the client's hello, and from then on holds what it
 * found: a table that changes meanwhile does not touch it.
 *
 * <pre>
 *   ClientHello ──name──▶ CertificateTable ──Identity──▶ OpenSslIdentities ──OpenSslIdentity──▶ SslHandler
 *   ServerNameHandler          │ none: handshake_failure        keys decoded once            signs on the event loop
 *                              │ a key that OpenSSL does not take: the JDK's engine
 * </pre>
 *
 * Signing stays on the event loop: with ECDSA it takes some twenty microseconds, less than handing it to another thread.
 */
final class OpenSslTls implements TlsServer {
    private final Supplier<CertificateTable> tables;
    private final OpenSslIdentities identities;
    private final List<String> applicationProtocols;
    private final EngineTls others;

    OpenSslTls(
            Supplier<CertificateTable> tables,
            Function<TlsPolicy, SSLParameters> parameters,
            List<String> applicationProtocols,
            TicketKeys tickets,
            EngineTls others) {
        this.tables = tables;
        this.identities = new OpenSslIdentities(tables, parameters, tickets, OpenSslIdentities.CAPACITY);
        this.applicationProtocols = applicationProtocols;
        this.others = others;
    }

    @Override
    public void addTo(ChannelPipeline pipeline, NettyGatewayHandler handler) {
        pipeline.addLast(new ServerNameHandler(this, handler));
    }

    /** Those that can be agreed on. */
    List<String> applicationProtocols() {
        return applicationProtocols;
    }

    /** The current identity of a server name (null = none was sent) that a client with this hello (null = unknown) can use, or null. */
    @Nullable
    Identity find(@Nullable String serverName, @Nullable ClientHello hello) {
        CertificateTable table = tables.get();
        return hello == null ? table.find(serverName) : table.findFor(hello);
    }

    /** A handler for one handshake that shows {@code identity}. */
    SslHandler newHandler(ByteBufAllocator allocator, Identity identity, @Nullable String serverName)
            throws SSLException {
        if (!OpenSslIdentity.takes(identity)) {
            return others.newHandler(allocator);
        }
        CertificateTable table = tables.get();
        OpenSslIdentity known =
                identities.acquire(identity, table.policy(serverName), table.clientAuthority(serverName));
        try {
            return known.newHandler(allocator, serverName, staple(identity));
        } finally {
            known.release();
        }
    }

    /** One that is out of date is worse than none: clients refuse it. */
    private static byte @Nullable [] staple(Identity identity) {
        OcspStaple staple = identity.staple();
        return staple == null || !staple.validity().contains(Instant.now()) ? null : staple.der();
    }

    @Override
    public void close() {
        identities.close();
        others.close();
    }

    @Override
    public String toString() {
        return OpenSsl.versionString();
    }
}
