package dev.adit.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.adit.Gateway;
import dev.adit.GatewayListener;
import dev.adit.exchange.Exchange;
import dev.adit.exchange.Outcome;
import dev.adit.exchange.TransportLimits;
import dev.adit.tck.fixture.Peer;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import dev.adit.tls.Identity;
import io.netty.pkitesting.CertificateBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 on either side. */
class Http2Test {
    private final List<Outcome> outcomes = new CopyOnWriteArrayList<>();

    private JettyGateway serve(String manifest) {
        return serve(manifest, TransportLimits.DEFAULT);
    }

    private JettyGateway serve(String manifest, TransportLimits limits) {
        Gateway gateway = Gateway.builder()
                .resources(Proxy.resources(manifest.replace("a.test", "localhost")))
                .defaultIdentity(Identity.selfSigned(
                        "test",
                        List.of("localhost"),
                        Instant.now().minusSeconds(60),
                        Instant.now().plus(Duration.ofDays(1))))
                .listener(new GatewayListener() {
                    @Override
                    public void closed(Exchange exchange, Outcome outcome) {
                        outcomes.add(outcome);
                    }
                })
                .build();
        return JettyGateway.builder()
                .gateway(gateway)
                .limits(limits)
                .bind(InetAddress.getLoopbackAddress())
                .http(0)
                .https(0)
                .build()
                .start();
    }

    private static SSLContext endpointTls() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                new CertificateBuilder()
                        .subject("CN=anything.test")
                        .setIsCertificateAuthority(true)
                        .buildSelfSigned()
                        .toKeyManagerFactory()
                        .getKeyManagers(),
                null,
                null);
        return context;
    }

    private static SSLContext unverified() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, SslContextFactory.TRUST_ALL_CERTS, null);
        return context;
    }

    private static HttpClient client() throws Exception {
        return HttpClient.newBuilder()
                .sslContext(unverified())
                .version(HttpClient.Version.HTTP_2)
                .build();
    }

    private static HttpRequest.Builder request(JettyGateway server, String path) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + server.httpsPort() + path))
                .timeout(Duration.ofSeconds(10));
    }

    @Test
    void servesManyRequestsOnOneConnection() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                JettyGateway server = serve(Proxy.manifest("http", upstream.port()))) {
            HttpClient client = client();
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                answers.add(client.sendAsync(request(server, "/r" + i + "?").build(), BodyHandlers.ofString()));
            }
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                assertThat(answer.get(10, TimeUnit.SECONDS).version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(answer.get().body()).isEqualTo("ok");
                assertThat(answer.get().headers().map()).doesNotContainKeys("connection", "transfer-encoding");
            }
            assertThat(upstream.heads).hasSize(50);
            assertThat(upstream.heads.get(0)).contains("\r\nHost: localhost:" + server.httpsPort() + "\r\n");
            await().untilAsserted(() -> assertThat(outcomes).hasSize(50).containsOnly(Outcome.COMPLETED));
        }
    }

    @Test
    void carriesMoreThanFitsInAnyWindow() throws Exception {
        byte[] megabytes = new byte[8 << 20];
        new java.util.Random(7).nextBytes(megabytes);
        try (ScriptedUpstream echo = new ScriptedUpstream(gateway -> {
                    String head = gateway.head();
                    byte[] body = gateway.in().readNBytes(Peer.contentLength(head));
                    gateway.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n");
                    gateway.send(body);
                    gateway.rest();
                });
                JettyGateway server = serve(Proxy.manifest("http", echo.port()))) {
            HttpResponse<byte[]> answer = client().send(
                            request(server, "/")
                                    .POST(BodyPublishers.ofByteArray(megabytes))
                                    .build(),
                            BodyHandlers.ofByteArray());
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(answer.body()).isEqualTo(megabytes);
        }
    }

    @Test
    void tearsTheStreamOfATornAnswerAndKeepsTheOthers() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    if (gateway.head().startsWith("GET /torn")) {
                        gateway.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
                    } else {
                        gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                        gateway.rest();
                    }
                });
                JettyGateway server = serve(Proxy.manifest("http", upstream.port()))) {
            HttpClient client = client();
            assertThat(client.sendAsync(request(server, "/torn").build(), BodyHandlers.ofString()))
                    .failsWithin(Duration.ofSeconds(10));
            assertThat(client.send(request(server, "/").build(), BodyHandlers.ofString())
                            .body())
                    .isEqualTo("ok");
            await().untilAsserted(
                            () -> assertThat(outcomes).containsExactly(Outcome.UPSTREAM_ABORTED, Outcome.COMPLETED));
        }
    }

    /** An endpoint that answers with what it was sent, and says how it was asked. */
    private static final class Echo extends Handler.Abstract {
        private final List<String> protocols = new CopyOnWriteArrayList<>();

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws IOException {
            protocols.add(request.getConnectionMetaData().getProtocol() + " "
                    + request.getHttpURI().getScheme());
            ByteBuffer body = Content.Source.asByteBuffer(request);
            response.getHeaders().put("content-type", "application/grpc");
            response.setTrailersSupplier(() -> HttpFields.build().add("grpc-status", "0"));
            // In one write, Jetty drops what of it does not fit into a frame, if trailers follow.
            response.write(
                    false,
                    body,
                    Callback.from(() -> response.write(true, BufferUtil.EMPTY_BUFFER, callback), callback::failed));
            return true;
        }
    }

    private static Server endpoint(boolean secure, boolean http2, Handler handler) throws Exception {
        Server server = new Server();
        HttpConfiguration configuration = new HttpConfiguration();
        HttpConnectionFactory http1 = new HttpConnectionFactory(configuration);
        ConnectionFactory[] factories;
        if (secure) {
            configuration.addCustomizer(new SecureRequestCustomizer(false));
            SslContextFactory.Server tls = new SslContextFactory.Server();
            tls.setSslContext(endpointTls());
            ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
            alpn.setDefaultProtocol(http1.getProtocol());
            factories = http2
                    ? new ConnectionFactory[] {
                        new SslConnectionFactory(tls, alpn.getProtocol()),
                        alpn,
                        new HTTP2ServerConnectionFactory(configuration),
                        http1
                    }
                    : new ConnectionFactory[] {new SslConnectionFactory(tls, http1.getProtocol()), http1};
        } else {
            factories = new ConnectionFactory[] {http1, new HTTP2CServerConnectionFactory(configuration)};
        }
        ServerConnector connector = new ServerConnector(server, factories);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(handler);
        server.start();
        return server;
    }

    private static int port(Server server) {
        return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GRPC", "GRPCS"})
    void speaksHttp2ToEndpointsThatAskForIt(String protocol) throws Exception {
        boolean secure = protocol.equals("GRPCS");
        Echo echo = new Echo();
        Server upstream = endpoint(secure, true, echo);
        try (JettyGateway server = serve(Proxy.manifest(protocol.toLowerCase(Locale.ROOT), port(upstream)))) {
            HttpClient client = client();
            for (String text : List.of("one", "two", "x".repeat(1 << 20))) {
                HttpResponse<String> answer = client.send(
                        request(server, "/pkg.Service/Call?a=%2f%5c")
                                .POST(BodyPublishers.ofString(text))
                                .build(),
                        BodyHandlers.ofString());
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo(text);
            }
            assertThat(echo.protocols).containsOnly(secure ? "HTTP/2.0 https" : "HTTP/2.0 http");
            await().untilAsserted(() -> assertThat(outcomes).hasSize(3).containsOnly(Outcome.COMPLETED));
        } finally {
            upstream.stop();
        }
    }

    @Test
    void doesNotSpeakHttp2OverTlsWithoutBeingToldTo() throws Exception {
        Server upstream = endpoint(true, false, new Echo());
        try (JettyGateway server = serve(Proxy.manifest("grpcs", port(upstream)))) {
            assertThat(client().send(request(server, "/").build(), BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(502);
            await().untilAsserted(() -> assertThat(outcomes).containsExactly(Outcome.COMPLETED));
        } finally {
            upstream.stop();
        }
    }

    /** What came back to a client of HTTP/2 with prior knowledge. */
    private static final class Answer implements Stream.Listener {
        private final CompletableFuture<Integer> status = new CompletableFuture<>();
        private final CompletableFuture<HttpFields> trailers = new CompletableFuture<>();

        @Override
        public void onHeaders(Stream stream, HeadersFrame frame) {
            if (frame.getMetaData() instanceof MetaData.Response response) {
                status.complete(response.getStatus());
            } else {
                trailers.complete(frame.getMetaData().getHttpFields());
            }
            stream.demand();
        }
    }

    @Test
    void takesPriorKnowledgeAndPassesTrailersOn() throws Exception {
        Server upstream = endpoint(false, true, new Echo());
        HTTP2Client client = new HTTP2Client();
        client.start();
        try (JettyGateway server = serve(Proxy.manifest("grpc", port(upstream)))) {
            Session session = client.connect(
                            new InetSocketAddress("127.0.0.1", server.httpPort()), new Session.Listener() {})
                    .get(10, TimeUnit.SECONDS);
            Answer answer = new Answer();
            session.newStream(new HeadersFrame(get(), null, true), answer).get(10, TimeUnit.SECONDS);
            assertThat(answer.status).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(200);
            assertThat(answer.trailers)
                    .succeedsWithin(Duration.ofSeconds(10))
                    .satisfies(fields -> assertThat(fields.get("grpc-status")).isEqualTo("0"));
            await().untilAsserted(() -> assertThat(outcomes).containsExactly(Outcome.COMPLETED));
        } finally {
            client.stop();
            upstream.stop();
        }
    }

    @Test
    void lastsAsLongAsARequestIsUnderWay() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goingAway = new CountDownLatch(1);
        HTTP2Client client = new HTTP2Client();
        client.start();
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    asked.countDown();
                    goingAway.await();
                    gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                });
                JettyGateway server = serve(Proxy.manifest("http", upstream.port()))) {
            Session session = client.connect(
                            new InetSocketAddress("127.0.0.1", server.httpPort()), new Session.Listener() {
                                @Override
                                public void onGoAway(Session session, GoAwayFrame frame) {
                                    goingAway.countDown();
                                }
                            })
                    .get(10, TimeUnit.SECONDS);
            Answer answer = new Answer();
            session.newStream(new HeadersFrame(get(), null, true), answer).get(10, TimeUnit.SECONDS);
            asked.await();
            CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
            assertThat(answer.status).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(200);
            assertThat(closing).succeedsWithin(Duration.ofSeconds(10));
            assertThat(outcomes).containsExactly(Outcome.COMPLETED);
        } finally {
            client.stop();
        }
    }

    @Test
    void doesNotWaitForABodyForEver() throws Exception {
        TransportLimits limits = TransportLimits.DEFAULT.toBuilder()
                .bodyRead(Duration.ofMillis(100))
                .build();
        HTTP2Client client = new HTTP2Client();
        client.start();
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> gateway.rest());
                JettyGateway server = serve(Proxy.manifest("http", upstream.port()), limits)) {
            Session session = client.connect(
                            new InetSocketAddress("127.0.0.1", server.httpPort()), new Session.Listener() {})
                    .get(10, TimeUnit.SECONDS);
            Answer answer = new Answer();
            session.newStream(new HeadersFrame(get(), null, false), answer).get(10, TimeUnit.SECONDS);
            assertThat(answer.status).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(408);
            await().untilAsserted(() -> assertThat(outcomes).containsExactly(Outcome.CLIENT_ABORTED));
        } finally {
            client.stop();
        }
    }

    private static MetaData.Request get() {
        return new MetaData.Request("GET", HttpURI.from("http://localhost/"), HttpVersion.HTTP_2, HttpFields.EMPTY);
    }
}
