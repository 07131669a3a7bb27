package dev.adit.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.Gateway;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Manifests;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

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
