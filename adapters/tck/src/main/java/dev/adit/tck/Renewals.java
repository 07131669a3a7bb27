package dev.adit.tck;

import dev.adit.Gateway;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.ResourceSet;
import dev.adit.tls.Identity;
import java.io.IOException;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Full handshakes while the certificate of a.test is renewed again and again, and that of b.test is not. None may fail, and each must show
 * a certificate that was current at some moment between its begin and its end:
 *
 * <pre>
 *   version   ── 7 ──┬── 8 ───────┬── 9 ──
 *   updates      begun 8  done 8  begun 9  done 9
 *   handshake       |────────────────|          7, 8 or 9: begun when 7 was done, ended when 9 was begun
 * </pre>
 *
 * The system properties {@code tck.handshakes} and {@code tck.renewals} say how many there are.
 */
final class Renewals {
    /** What {@code tck.case} is compared with. */
    static final String NAME = "Renewals: no handshake fails while certificates are renewed";

    private static final int HANDSHAKES = Integer.getInteger("tck.handshakes", 300);
    private static final int RENEWALS = Integer.getInteger("tck.renewals", 30);
    private static final int CLIENTS = 4;
    private static final int CERTIFICATES = 16;

    private final Subject.Starter starter;
    private final List<Identity> identities = IntStream.range(0, CERTIFICATES)
            .mapToObj(i -> Handshakes.identity("a.test"))
            .toList();
    private final Identity steady = Handshakes.identity("b.test");
    private final List<ResourceSet> sets =
            identities.stream().map(this::resources).toList();
    private final Gateway gateway = Gateway.builder().resources(sets.get(0)).build();
    private final AtomicInteger handshakes = new AtomicInteger();
    private final Set<Integer> seen = ConcurrentHashMap.newKeySet();
    private volatile int begun;
    private volatile int done;

    Renewals(Subject.Starter starter) {
        this.starter = starter;
    }

    private ResourceSet resources(Identity renewed) {
        return ManifestReader.strict()
                .read("renewals.yaml", """
                        apiVersion: networking.k8s.io/v1
                        kind: Ingress
                        metadata: {name: web, namespace: shop}
                        spec:
                          tls: [{hosts: [a.test], secretName: a}, {hosts: [b.test], secretName: b}]
                          defaultBackend: {service: {name: web, port: {number: 80}}}
                        """ + Handshakes.secret("a", renewed) + Handshakes.secret("b", steady))
                .resourceSet();
    }

    void run() throws Exception {
        RunningTransport transport = starter.start(gateway, TckOptions.DEFAULT);
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(threads.submit(() -> {
                    shakeHands(transport.httpsPort());
                    return null;
                }));
            }
            for (Future<?> client : clients) {
                client.get();
            }
        } finally {
            threads.shutdownNow();
            threads.awaitTermination(Moment.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            transport.close();
        }
        if (done != RENEWALS || seen.size() < Math.min(RENEWALS, CERTIFICATES)) {
            throw new AssertionError("renewed " + done + " times, seen " + seen.size() + " certificates");
        }
    }

    private void shakeHands(int port) throws IOException {
        for (int i = handshakes.incrementAndGet(); i <= HANDSHAKES; i = handshakes.incrementAndGet()) {
            int oldest = done;
            Certificate shown = Handshakes.shown(port, i, "a.test");
            int newest = begun;
            int index = indexOf(shown);
            if (IntStream.rangeClosed(oldest, newest).noneMatch(version -> version % CERTIFICATES == index)) {
                throw new AssertionError("handshake " + i + " was shown certificate " + index
                        + ", current were versions " + oldest + " to " + newest);
            }
            seen.add(index);
            if (!Handshakes.shown(port, i, "b.test").equals(steady.chain().get(0))) {
                throw new AssertionError("b.test was shown another certificate than its own");
            }
            renewUpTo((int) ((long) i * RENEWALS / HANDSHAKES));
        }
    }

    private int indexOf(Certificate shown) {
        for (int i = 0; i < CERTIFICATES; i++) {
            if (identities.get(i).chain().get(0).equals(shown)) {
                return i;
            }
        }
        throw new AssertionError("a.test was shown a certificate that was never its own");
    }

    /** One client renews while the others shake hands. */
    private synchronized void renewUpTo(int version) {
        while (done < version) {
            begun = done + 1;
            gateway.update(sets.get(begun % CERTIFICATES));
            done = begun;
        }
    }
}
