package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressLimitTest {
    private final AddressLimit limit = new AddressLimit(2);

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1, true",
        "192.0.2.1, 192.0.2.2, false",
        "2001:db8::1, 2001:db8::ffff:1, true",
        "2001:db8:0:1::1, 2001:db8:0:2::1, false",
        "192.0.2.1, 2001:db8::1, false"
    })
    void oneClientHasOneCount(String one, String other, boolean same) throws UnknownHostException {
        assertThat(limit.begin(address(one))).isTrue();
        assertThat(limit.begin(address(one))).isTrue();
        assertThat(limit.begin(address(one))).isFalse();
        assertThat(limit.begin(address(other))).isEqualTo(!same);
    }

    @Test
    void whatHasEndedMakesRoomAndLeavesNothing() throws UnknownHostException {
        InetAddress address = address("192.0.2.1");
        for (int i = 0; i < 5; i++) {
            assertThat(limit.begin(address)).isTrue();
            assertThat(limit.begin(address)).isTrue();
            assertThat(limit.begin(address)).isFalse();
            limit.end(address);
            limit.end(address);
        }
        assertThat(limit.addresses()).isZero();
    }

    @Test
    void aLimitIsPositive() {
        assertThatThrownBy(() -> new AddressLimit(0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static InetAddress address(String text) throws UnknownHostException {
        return InetAddress.getByName(text);
    }
}
