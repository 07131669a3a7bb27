package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TransportLimitsTest {
    @Test
    void changesWhatIsSaidAndNothingElse() {
        assertThat(TransportLimits.DEFAULT.toBuilder().build()).isEqualTo(TransportLimits.DEFAULT);
        TransportLimits limits = TransportLimits.DEFAULT.toBuilder()
                .requestLineBytes(1)
                .headerBytes(2)
                .headerFields(3)
                .streams(13)
                .handshakes(14)
                .tlsHandshake(Duration.ofSeconds(4))
                .headerRead(Duration.ofSeconds(5))
                .bodyRead(Duration.ofSeconds(6))
                .send(Duration.ofSeconds(7))
                .idle(Duration.ofSeconds(8))
                .linger(Duration.ofSeconds(9))
                .tunnelIdle(Duration.ofSeconds(10))
                .upstreamIdle(Duration.ofSeconds(11))
                .upstreamConnections(12)
                .build();
        assertThat(limits)
                .isEqualTo(new TransportLimits(
                        1,
                        2,
                        3,
                        13,
                        14,
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(6),
                        Duration.ofSeconds(7),
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(9),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(11),
                        12));
    }

    @Test
    void refusesWhatIsNoLimit() {
        assertThatThrownBy(() ->
                        TransportLimits.DEFAULT.toBuilder().headerFields(0).build())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        TransportLimits.DEFAULT.toBuilder().idle(Duration.ZERO).build())
                .isInstanceOf(IllegalArgumentException.class);
    }
}
