package dev.adit.undertow;

import static dev.adit.tck.fixture.JdkClient.client;
import static dev.adit.tck.fixture.JdkClient.request;
import static dev.adit.tck.fixture.TlsPeers.certificate;
import static dev.adit.tck.fixture.TlsPeers.context;
import static dev.adit.undertow.UndertowTransport.UNDERTOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.adit.exchange.Outcome;
import dev.adit.tck.fixture.JdkClient;
import dev.adit.tck.fixture.Peer;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.BlockingHandler;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 on either side. */
class Http2Test {
    private static int port(Undertow upstream) {
        return ((InetSocketAddress) upstream.getListenerInfo().get(0).getAddress()).getPort();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"})
    void aStreamThatIsResetIsNotServedOn(String begun) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch givenUp = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.send(begun);
                    asked.countDown();
                    gateway.rest();
                    givenUp.countDown();
                });
                Proxy proxy = JdkClient.proxy(UNDERTOW, Proxy.manifest("http", upstream.port()))
                        .start()) {
            CompletableFuture<HttpResponse<String>> answer =
                    client().sendAsync(request(proxy, "/").build(), BodyHandlers.ofString());
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            answer.cancel(true);
            assertThat(givenUp.await(10, TimeUnit.SECONDS)).isTrue();
            await().untilAsserted(() -> assertThat(proxy.outcomes).containsExactly(Outcome.CLIENT_ABORTED));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GRPC", "GRPCS"})
    void speaksHttp2ToEndpointsThatAskForIt(String protocol) throws Exception {
        List<String> protocols = new CopyOnWriteArrayList<>();
        HttpHandler echo = exchange -> {
            protocols.add(exchange.getProtocol() + " " + exchange.getRequestScheme());
            byte[] body = exchange.getInputStream().readAllBytes();
            exchange.getResponseHeaders().put(io.undertow.util.Headers.CONTENT_TYPE, "application/grpc");
            exchange.getOutputStream().write(body);
        };
        boolean secure = protocol.equals("GRPCS");
        Undertow.Builder builder = Undertow.builder().setServerOption(UndertowOptions.ENABLE_HTTP2, true);
        Undertow upstream = (secure
                        ? builder.addHttpsListener(
                                0, "127.0.0.1", context(certificate("anything.test")), new BlockingHandler(echo))
                        : builder.addHttpListener(0, "127.0.0.1", new BlockingHandler(echo)))
                .build();
        upstream.start();
        try (Proxy proxy = JdkClient.proxy(UNDERTOW, Proxy.manifest(protocol.toLowerCase(Locale.ROOT), port(upstream)))
                .start()) {
            HttpClient client = client();
            for (String text : List.of("one", "two", "three")) {
                HttpResponse<String> answer = client.send(
                        request(proxy, "/pkg.Service/Call")
                                .POST(BodyPublishers.ofString(text))
                                .build(),
                        BodyHandlers.ofString());
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo(text);
            }
            assertThat(protocols).containsOnly(secure ? "HTTP/2.0 https" : "HTTP/2.0 http");
            await().untilAsserted(() -> assertThat(proxy.outcomes).hasSize(3).containsOnly(Outcome.COMPLETED));
        } finally {
            upstream.stop();
        }
    }

    @Test
    void doesNotSpeakHttp2OverTlsWithoutBeingToldTo() throws Exception {
        Undertow upstream = Undertow.builder()
                .setServerOption(UndertowOptions.ENABLE_HTTP2, false)
                .addHttpsListener(
                        0, "127.0.0.1", context(certificate("anything.test")), exchange -> exchange.setStatusCode(204))
                .build();
        upstream.start();
        try (Proxy proxy = JdkClient.proxy(UNDERTOW, Proxy.manifest("grpcs", port(upstream)))
                .start()) {
            assertThat(client().send(request(proxy, "/").build(), BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(502);
            await().untilAsserted(() -> assertThat(proxy.outcomes).containsExactly(Outcome.COMPLETED));
        } finally {
            upstream.stop();
        }
    }

    private static byte[] frame(int type, int flags, int stream, byte... payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .putShort((short) 0)
                .put((byte) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /** Nobody would hold such a stream to an end. */
    @Test
    void resetsWhatItRefusesBeforeItsEnd() throws Exception {
        int headers = 1;
        int reset = 3;
        // POST http://a.test/ with a field x, whose value is no text
        byte[] head = "\u0083\u0086\u0084\1\6a.test\0\1x\2y\1".getBytes(StandardCharsets.ISO_8859_1);
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = UNDERTOW.to(upstream.port()).start();
                Peer client = proxy.client()) {
            client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").send(frame(4, 0, 0)).send(frame(headers, 4, 1, head));
            List<Integer> types = new ArrayList<>();
            byte[] payload = {};
            while (!types.contains(reset)) {
                byte[] start = client.in().readNBytes(9);
                types.add((int) start[3]);
                payload = client.in().readNBytes((start[0] & 0xff) << 16 | (start[1] & 0xff) << 8 | start[2] & 0xff);
            }
            assertThat(types).contains(headers);
            assertThat(payload).as("NO_ERROR").containsExactly(0, 0, 0, 0);
        }
    }

    @Test
    void answersPingsOfEndpointsOnce() throws Exception {
        int headers = 1;
        int settings = 4;
        int ping = 6;
        List<String> pings = new CopyOnWriteArrayList<>();
        ScriptedUpstream.Script script = gateway -> {
            gateway.read("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length());
            gateway.send(frame(settings, 0, 0));
            gateway.send(frame(ping, 0, 0, "pingping".getBytes(StandardCharsets.US_ASCII)));
            int stream = 0;
            while (pings.size() < 3) {
                byte[] head = gateway.in().readNBytes(9);
                int length = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | head[2] & 0xff;
                byte[] payload = gateway.in().readNBytes(length);
                if (head[3] == headers) {
                    stream = ByteBuffer.wrap(head).getInt(5);
                }
                if (head[3] == ping) {
                    pings.add(head[4] == 1 ? "acknowledged" : "another one");
                    gateway.send(frame(ping, 0, 0, payload));
                }
            }
            gateway.send(frame(headers, 5, stream, (byte) 0x88));
            gateway.rest();
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(script);
                Proxy proxy = JdkClient.proxy(UNDERTOW, Proxy.manifest("grpc", upstream.port()))
                        .start()) {
            assertThat(client().send(request(proxy, "/").build(), BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(200);
            assertThat(pings).containsOnly("acknowledged");
        }
    }
}
