package dev.adit.jetty;

import static dev.adit.jetty.JettyTransport.JETTY;
import static dev.adit.tck.fixture.JdkClient.client;
import static dev.adit.tck.fixture.JdkClient.request;
import static dev.adit.tck.fixture.TlsPeers.certificate;
import static dev.adit.tck.fixture.TlsPeers.context;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.adit.exchange.Outcome;
import dev.adit.exchange.TransportLimits;
import dev.adit.tck.fixture.JdkClient;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
            tls.setSslContext(context(certificate("anything.test")));
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
        try (Proxy proxy = JdkClient.proxy(JETTY, Proxy.manifest(protocol.toLowerCase(Locale.ROOT), port(upstream)))
                .start()) {
            HttpClient client = client();
            for (String text : List.of("one", "two", "x".repeat(1 << 20))) {
                HttpResponse<String> answer = client.send(
                        request(proxy, "/pkg.Service/Call?a=%2f%5c")
                                .POST(BodyPublishers.ofString(text))
                                .build(),
                        BodyHandlers.ofString());
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo(text);
            }
            assertThat(echo.protocols).containsOnly(secure ? "HTTP/2.0 https" : "HTTP/2.0 http");
            await().untilAsserted(() -> assertThat(proxy.outcomes).hasSize(3).containsOnly(Outcome.COMPLETED));
        } finally {
            upstream.stop();
        }
    }

    @Test
    void doesNotSpeakHttp2OverTlsWithoutBeingToldTo() throws Exception {
        Server upstream = endpoint(true, false, new Echo());
        try (Proxy proxy =
                JdkClient.proxy(JETTY, Proxy.manifest("grpcs", port(upstream))).start()) {
            assertThat(client().send(request(proxy, "/").build(), BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(502);
            await().untilAsserted(() -> assertThat(proxy.outcomes).containsExactly(Outcome.COMPLETED));
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
        try (Proxy proxy =
                JdkClient.proxy(JETTY, Proxy.manifest("grpc", port(upstream))).start()) {
            Session session = client.connect(
                            new InetSocketAddress("127.0.0.1", proxy.server.httpPort()), new Session.Listener() {})
                    .get(10, TimeUnit.SECONDS);
            Answer answer = new Answer();
            session.newStream(new HeadersFrame(get(), null, true), answer).get(10, TimeUnit.SECONDS);
            assertThat(answer.status).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(200);
            assertThat(answer.trailers)
                    .succeedsWithin(Duration.ofSeconds(10))
                    .satisfies(fields -> assertThat(fields.get("grpc-status")).isEqualTo("0"));
            await().untilAsserted(() -> assertThat(proxy.outcomes).containsExactly(Outcome.COMPLETED));
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
                Proxy proxy = JdkClient.proxy(JETTY, Proxy.manifest("http", upstream.port()))
                        .start()) {
            Session session = client.connect(
                            new InetSocketAddress("127.0.0.1", proxy.server.httpPort()), new Session.Listener() {
                                @Override
                                public void onGoAway(Session session, GoAwayFrame frame) {
                                    goingAway.countDown();
                                }
                            })
                    .get(10, TimeUnit.SECONDS);
            Answer answer = new Answer();
            session.newStream(new HeadersFrame(get(), null, true), answer).get(10, TimeUnit.SECONDS);
            asked.await();
            CompletableFuture<Void> closing = CompletableFuture.runAsync(proxy::close);
            assertThat(answer.status).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(200);
            assertThat(closing).succeedsWithin(Duration.ofSeconds(10));
            assertThat(proxy.outcomes).containsExactly(Outcome.COMPLETED);
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
                Proxy proxy = JdkClient.proxy(JETTY, Proxy.manifest("http", upstream.port()))
                        .limits(limits)
                        .start()) {
            Session session = client.connect(
                            new InetSocketAddress("127.0.0.1", proxy.server.httpPort()), new Session.Listener() {})
                    .get(10, TimeUnit.SECONDS);
            Answer answer = new Answer();
            session.newStream(new HeadersFrame(get(), null, false), answer).get(10, TimeUnit.SECONDS);
            assertThat(answer.status).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(408);
            await().untilAsserted(() -> assertThat(proxy.outcomes).containsExactly(Outcome.CLIENT_ABORTED));
        } finally {
            client.stop();
        }
    }

    private static MetaData.Request get() {
        return new MetaData.Request("GET", HttpURI.from("http://localhost/"), HttpVersion.HTTP_2, HttpFields.EMPTY);
    }
}
