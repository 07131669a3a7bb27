package dev.adit.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.adit.tls.CertificateTable;
import dev.adit.tls.Identity;
import dev.adit.tls.ServerTls;
import dev.adit.tls.TlsPolicy;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who frees what, and when. Where OpenSSL does not load, none is ever made. */
class OpenSslIdentitiesTest {
    private final Identity a = identity("a");
    private final Identity b = identity("b");
    private final Identity c = identity("c");
    private final AtomicReference<CertificateTable> table = new AtomicReference<>(table(a, b, c));
    private final SSLParameters parameters = ServerTls.of(table::get).parameters(List.of("h2", "http/1.1"));
    private final OpenSslIdentities identities =
            new OpenSslIdentities(table::get, policy -> parameters, TicketKeys.generated(System::nanoTime), 2);

    private boolean missing;

    private static Identity identity(String name) {
        Instant now = Instant.now();
        return Identity.selfSigned(name, List.of(name + ".test"), now, now.plus(Duration.ofDays(1)));
    }

    private static CertificateTable table(Identity... identities) {
        CertificateTable.Builder table = CertificateTable.builder();
        for (Identity identity : identities) {
            table.names(identity);
        }
        return table.build();
    }

    @BeforeEach
    void isAvailable() {
        missing = !TlsEngine.OPENSSL.isAvailable();
        if (missing) {
            assertThatThrownBy(() -> identities.acquire(a, TlsPolicy.INTERMEDIATE, null))
                    .isInstanceOf(UnsatisfiedLinkError.class);
        }
    }

    @Test
    void keepsAsManyAsItMayAndDropsTheOneThatWasUsedLongestAgo() throws Exception {
        if (missing) {
            return;
        }
        OpenSslIdentity first = identities.acquire(a, TlsPolicy.INTERMEDIATE, null);
        OpenSslIdentity second = identities.acquire(b, TlsPolicy.INTERMEDIATE, null);
        assertThat(identities.acquire(a, TlsPolicy.INTERMEDIATE, null)).isSameAs(first);
        assertThat(first.references()).as("the cache's and two of ours").isEqualTo(3);

        OpenSslIdentity third = identities.acquire(c, TlsPolicy.INTERMEDIATE, null);
        assertThat(identities.size()).isEqualTo(2);
        assertThat(second.references()).as("ours").isEqualTo(1);
        second.release();
        first.release();
        first.release();
        third.release();
        identities.close();
        assertThat(List.of(first.references(), second.references(), third.references()))
                .containsOnly(0);
    }

    @Test
    void dropsWhatTheTableNoLongerHas() throws Exception {
        if (missing) {
            return;
        }
        OpenSslIdentity old = identities.acquire(a, TlsPolicy.INTERMEDIATE, null);
        SslHandler connection = old.newHandler(UnpooledByteBufAllocator.DEFAULT, "a.test", null);
        old.release();
        table.set(table(b));
        OpenSslIdentity other = identities.acquire(b, TlsPolicy.INTERMEDIATE, null);
        assertThat(identities.size()).isEqualTo(1);
        assertThat(old.references()).as("the connection's").isEqualTo(1);
        ReferenceCountUtil.release(connection.engine());
        assertThat(old.references()).isZero();

        OpenSslIdentity late = identities.acquire(a, TlsPolicy.INTERMEDIATE, null);
        assertThat(late).as("a handshake that began before").isNotSameAs(old);
        assertThat(identities.size()).isEqualTo(1);
        late.release();
        assertThat(late.references()).isZero();
        other.release();
        identities.close();
        assertThat(other.references()).isZero();
    }

    @Test
    void losesCountInNoRace() throws Exception {
        if (missing) {
            return;
        }
        Set<OpenSslIdentity> made = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        AtomicBoolean done = new AtomicBoolean();
        List<Thread> loops = new ArrayList<>();
        for (Identity mine : List.of(a, b, c, a)) {
            Thread loop = new Thread(() -> {
                try {
                    for (int i = 0; !done.get(); i++) {
                        OpenSslIdentity identity = identities.acquire(mine, TlsPolicy.INTERMEDIATE, null);
                        made.add(identity);
                        SslHandler handler = identity.newHandler(
                                UnpooledByteBufAllocator.DEFAULT, i % 3 == 0 ? null : i + ".test", null);
                        identity.release();
                        ReferenceCountUtil.release(handler.engine());
                    }
                } catch (Exception e) {
                    failures.add(e);
                }
            });
            loop.start();
            loops.add(loop);
        }
        List<CertificateTable> tables = List.of(table(a, b), table(b, c), table(), table(a, c));
        for (int i = 0; i < 400; i++) {
            table.set(tables.get(i % tables.size()));
            OpenSslIdentity identity = identities.acquire(b, TlsPolicy.INTERMEDIATE, null);
            made.add(identity);
            identity.release();
        }
        done.set(true);
        for (Thread loop : loops) {
            loop.join();
        }
        identities.close();
        assertThat(failures).isEmpty();
        assertThat(made)
                .isNotEmpty()
                .allSatisfy(identity -> assertThat(identity.references()).isZero());
    }
}
