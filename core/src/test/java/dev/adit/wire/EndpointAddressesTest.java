package dev.adit.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointAddressesTest {
    private static List<InetAddress> addresses(String... texts) throws UnknownHostException {
        InetAddress[] all = new InetAddress[texts.length];
        for (int i = 0; i < texts.length; i++) {
            all[i] = InetAddress.getByName(texts[i]);
        }
        return List.of(all);
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.1, true", "::1, true", "fe80::1, true", "a.test, false", "10.0.0, false", "1.2.3.4.test, false"
    })
    void knowsAddressesFromNames(String host, boolean literal) {
        assertThat(EndpointAddresses.isLiteral(host)).isEqualTo(literal);
    }

    @Test
    void anAddressIsItsOwnWhateverItIs() throws UnknownHostException {
        assertThat(EndpointAddresses.of("127.0.0.1")).isEqualTo(addresses("127.0.0.1"));
    }

    @Test
    void aNameDoesNotLeadWhereNoManifestMay() throws UnknownHostException {
        List<InetAddress> found = addresses("127.0.0.1", "10.0.0.1", "169.254.169.254", "10.0.0.2");

        assertThat(EndpointAddresses.ofName("a.test", found)).isEqualTo(addresses("10.0.0.1", "10.0.0.2"));
        assertThatThrownBy(() -> EndpointAddresses.ofName("a.test", addresses("127.0.0.1")))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("a.test");
    }

    @Test
    void onlySomeOfManyAreTried() throws UnknownHostException {
        List<InetAddress> many = addresses(
                Stream.iterate(1, i -> i + 1).limit(10).map(i -> "10.0.0." + i).toArray(String[]::new));

        assertThat(EndpointAddresses.ofName("a.test", many)).isEqualTo(many.subList(0, 4));
    }
}
