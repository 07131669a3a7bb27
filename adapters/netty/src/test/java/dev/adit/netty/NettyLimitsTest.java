package dev.adit.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class NettyLimitsTest {
    @Test
    void changesWhatIsSaidAndNothingElse() {
        assertThat(NettyLimits.DEFAULT.toBuilder().build()).isEqualTo(NettyLimits.DEFAULT);
        NettyLimits limits = NettyLimits.DEFAULT.toBuilder()
                .requestLineBytes(1)
                .headerBytes(2)
                .headerFields(3)
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
                .isEqualTo(new NettyLimits(
                        1,
                        2,
                        3,
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
        assertThatThrownBy(() -> NettyLimits.DEFAULT.toBuilder().headerFields(0).build())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        NettyLimits.DEFAULT.toBuilder().idle(Duration.ZERO).build())
                .isInstanceOf(IllegalArgumentException.class);
    }
}
