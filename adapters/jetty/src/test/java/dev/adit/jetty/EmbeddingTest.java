package dev.adit.jetty;

import static dev.adit.jetty.JettyTransport.JETTY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.Gateway;
import dev.adit.exchange.Outcome;
import dev.adit.tck.fixture.Peer;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;

/** A gateway in somebody's own Jetty server, behind a handler of theirs. */
class EmbeddingTest {
    private static Server embed(Gateway gateway, Handler ownHandler) {
        // tag::embed
        Server server = new Server();
        HttpConfiguration http = JettyGatewayHandler.configure(new HttpConfiguration());
        server.addConnector(new ServerConnector(server, new HttpConnectionFactory(http)));
        server.setHandler(new Handler.Sequence(ownHandler, new JettyGatewayHandler(gateway)));
        return server;
        // end::embed
    }

    private static final class Health extends Handler.Abstract.NonBlocking {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            if (!Request.getPathInContext(request).equals("/health")) {
                return false;
            }
            response.write(true, ByteBuffer.wrap(new byte[] {'u', 'p'}), callback);
            return true;
        }
    }

    @Test
    void servesBesideAHandlerOfTheirs() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = JETTY.to(upstream.port()).start()) {
            Server server = embed(proxy.gateway, new Health());
            ServerConnector connector = (ServerConnector) server.getConnectors()[0];
            connector.setHost("127.0.0.1");
            server.start();
            try (Peer client = Peer.connect(connector.getLocalPort())) {
                String get = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
                assertThat(client.send(get.replace("/ ", "/health ")).response())
                        .endsWith("\r\n\r\nup");
                assertThat(client.send(get).response()).endsWith("\r\n\r\nok");
                assertThat(client.send(get.replace("/ ", "/x//y/../z%2e ")).response())
                        .endsWith("\r\n\r\nok");
                assertThat(client.send(get.replace("/ ", "/x%2Fy ")).rest()).startsWith("HTTP/1.1 400 ");
                assertThat(upstream.heads.get(1)).startsWith("GET /x/z. HTTP/1.1\r\n");
                proxy.awaitOutcomes(Outcome.COMPLETED, Outcome.COMPLETED, Outcome.COMPLETED);
            } finally {
                server.stop();
            }
        }
    }
}
