package dev.adit.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.Gateway;
import dev.adit.balancer.Endpoint;
import dev.adit.exchange.Exchange;
import dev.adit.exchange.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class DistrustLogTest {
    private final AtomicLong now = new AtomicLong();
    private final List<String> written = new ArrayList<>();

    @Test
    void tellsEachReasonOnceAMinute() throws LineRequest.BadLineException {
        Logger logger = Logger.getLogger(DistrustLog.class.getName());
        Handler handler = collecting();
        logger.addHandler(handler);
        try {
            tell();
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(written)
                .containsExactly(
                        "endpoint 10.0.0.1:8443 is not trusted: is not for shop",
                        "endpoint 10.0.0.2:8443 is not trusted: is not for shop",
                        "endpoint 10.0.0.1:8443 is not trusted: is not for shop");
    }

    private void tell() throws LineRequest.BadLineException {
        Gateway gateway = Gateway.builder().build();
        Exchange exchange = gateway.open(
                gateway.connection("203.0.113.7", false, 80, null), LineRequest.parse("{\"host\": \"a.test\"}"));
        DistrustLog log = new DistrustLog(now::get);
        Endpoint one = Endpoint.of("10.0.0.1", 8443);
        log.distrusted(exchange, one, "is not for shop");
        log.distrusted(exchange, one, "is not for shop");
        log.distrusted(exchange, Endpoint.of("10.0.0.2", 8443), "is not for shop");
        now.addAndGet(Duration.ofSeconds(61).toNanos());
        log.distrusted(exchange, one, "is not for shop");
        exchange.close(Outcome.CANCELLED);
    }

    private Handler collecting() {
        return new Handler() {
            @Override
            public void publish(LogRecord record) {
                written.add(record.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }
}
