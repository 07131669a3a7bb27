package dev.adit.standalone;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.Gateway;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Manifests;
import dev.adit.standalone.RunningGateway.Listeners;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LogTest {
    @Test
    void everyRecordIsOneLine() {
        LogRecord record = new LogRecord(Level.WARNING, "host \"a\nb\u2028c\u001b[31m\" is odd");
        record.setLoggerName("dev.adit.standalone.UpdateLog");
        assertThat(new ConsoleLog().format(record))
                .matches("\\d{4}-\\d\\d-\\d\\dT\\S+ WARN  UpdateLog host \"a b c \\[31m\" is odd\\R");
    }

    @Test
    void exceptionsKeepTheirTrace() {
        LogRecord record = new LogRecord(Level.SEVERE, "failed");
        record.setThrown(new IllegalStateException("why"));
        assertThat(new ConsoleLog().format(record)).contains(" ERROR - failed", "IllegalStateException: why", "\tat ");
    }

    /** Each would be a line of the log for each connection of whoever likes to fill it. */
    @ParameterizedTest
    @EnumSource(Transport.class)
    void clientsCannotWriteIntoIt(Transport transport) throws Exception {
        List<String> written = new CopyOnWriteArrayList<>();
        Handler handler = collecting(written);
        Logger root = Logger.getLogger("");
        Gateway gateway = Gateway.builder().build();
        Listeners listeners = new Listeners(InetAddress.getLoopbackAddress(), 0, -1, null);
        root.addHandler(handler);
        try (Transport.Running running = transport.start(gateway, listeners)) {
            for (String host :
                    List.of("hostile b", "hostile:b", "hostile:99999", "[hostile", "b@hostile", "hostile%zz")) {
                converse(running.httpPort(), ("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").getBytes(ISO_8859_1));
                converse(running.httpPort(), http2(host));
            }
        } finally {
            root.removeHandler(handler);
        }
        assertThat(written).noneMatch(line -> line.contains("hostile"));
    }

    private static Handler collecting(List<String> written) {
        return new Handler() {
            @Override
            public void publish(LogRecord record) {
                written.add(new ConsoleLog().format(record));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }

    /** A connection with prior knowledge that asks for {@code /} of a host, and ends. */
    private static byte[] http2(String host) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1));
        out.writeBytes(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
        out.writeBytes(new byte[] {0, 0, (byte) (5 + host.length()), 1, 5, 0, 0, 0, 1});
        out.writeBytes(new byte[] {(byte) 0x82, (byte) 0x86, (byte) 0x84, 1, (byte) host.length()});
        out.writeBytes(host.getBytes(ISO_8859_1));
        out.writeBytes(new byte[] {0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        return out.toByteArray();
    }

    /** Sends these bytes and reads whatever comes, until either side has nothing more to say. */
    private static void converse(int port, byte[] bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        }
    }

    @Test
    void findingsAreLoggedWhenTheyAppearAndCountedWhenTheyGo() {
        UpdateLog log = new UpdateLog();
        Gateway gateway = Gateway.builder().build();
        String missing = ShopFiles.yaml();

        assertThat(update(log, gateway, missing))
                .hasSize(2)
                .satisfiesExactly(
                        l -> assertThat(l).contains("shop.yaml:9:", "secret-missing", "Ingress shop/shop"),
                        l -> assertThat(l).startsWith("serving ").contains("1 warning"));
        assertThat(update(log, gateway, missing))
                .as("nothing new")
                .singleElement()
                .asString()
                .contains("1 warning");
        assertThat(update(log, gateway, missing.replaceFirst("(?s)  tls:.*?  rules:", "  rules:")))
                .singleElement()
                .asString()
                .doesNotContain("with")
                .contains("gone since the last update: 1");
    }

    @Test
    void loopbackEndpointsAreNoNews() {
        String local = ShopFiles.yaml()
                .replaceFirst("(?s)  tls:.*?  rules:", "  rules:")
                .replace("10.0.0.1", "127.0.0.1");
        assertThat(update(new UpdateLog(), Gateway.builder().build(), local))
                .singleElement()
                .asString()
                .startsWith("serving ");
    }

    private static List<String> update(UpdateLog log, Gateway gateway, String yaml) {
        Manifests manifests = ManifestReader.strict().read("shop.yaml", yaml);
        List<String> lines = new ArrayList<>();
        Logger logger = Logger.getLogger(UpdateLog.class.getName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                lines.add(record.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try {
            log.updated(manifests, gateway.update(manifests.resourceSet()));
        } finally {
            logger.removeHandler(handler);
        }
        return lines;
    }
}
