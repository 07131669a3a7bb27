package dev.adit.netty;

import static dev.adit.netty.NettyTransport.NETTY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.manifest.ResourceSet;
import dev.adit.tck.fixture.Peer;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A new table costs nobody anything. */
class SwapTest {
    @Test
    void losesNothingWhileTablesChange() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger answered = new AtomicInteger();
        List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    while (true) {
                        if (gateway.head().startsWith("GET /chat")) {
                            gateway.send(
                                    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
                            gateway.in().transferTo(gateway.out());
                            return;
                        }
                        gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    }
                });
                Proxy proxy = NETTY.to(upstream.port()).start();
                Peer chat = proxy.client()) {
            chat.send("GET /chat HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
                    .head();
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Thread client = new Thread(() -> {
                    try (Peer peer = proxy.client()) {
                        while (!done.get()) {
                            String answer = peer.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
                                    .response();
                            assertThat(answer).startsWith("HTTP/1.1 200").endsWith("\r\n\r\nok");
                            answered.incrementAndGet();
                        }
                    } catch (Exception | AssertionError e) {
                        failures.add(e);
                    }
                });
                client.start();
                clients.add(client);
            }
            String plain = Proxy.manifest("http", upstream.port());
            ResourceSet one = Proxy.resources(plain);
            ResourceSet two = Proxy.resources(plain + "---\n" + plain.replace("name: web", "name: other"));
            for (int i = 0; i < 300; i++) {
                proxy.gateway.update(i % 2 == 0 ? two : one);
                if (i % 50 == 0) {
                    assertThat(chat.send("still here").read(10)).isEqualTo("still here");
                }
            }
            done.set(true);
            for (Thread client : clients) {
                client.join();
            }
            assertThat(failures).isEmpty();
            assertThat(answered).hasPositiveValue();
            assertThat(chat.send("still here").read(10)).isEqualTo("still here");
        }
    }
}
