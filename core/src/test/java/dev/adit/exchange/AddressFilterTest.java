package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names must not lead where only the gateway's own machine may go. */
class AddressFilterTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.255.255.254",
                "0.0.0.0",
                "0.1.2.3",
                "169.254.169.254",
                "224.0.0.1",
                "255.255.255.255",
                "240.0.0.1",
                "::1",
                "::",
                "fe80::1",
                "ff02::1",
                "::ffff:127.0.0.1",
                "::127.0.0.1",
                "64:ff9b::169.254.169.254",
                "2002:7f00:1::",
                "fd00:ec2::254"
            })
    void refuses(String address) throws Exception {
        assertThat(AddressFilter.allowsForName(InetAddress.getByName(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1",
                "172.16.3.4",
                "192.168.1.1",
                "93.184.216.34",
                "2606:2800:220:1::1",
                "fd12:3456::1",
                "64:ff9b::10.1.2.3",
                "2002:a00:1::"
            })
    void allows(String address) throws Exception {
        assertThat(AddressFilter.allowsForName(InetAddress.getByName(address))).isTrue();
    }
}
