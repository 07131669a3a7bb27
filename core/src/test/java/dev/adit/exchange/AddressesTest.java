package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import inet.ipaddr.IPAddress;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
    private static final Addresses SOME =
            new Addresses(List.of("10.0.0.0/8", " 192.0.2.7 ", "2001:db8::/32", "10.1.2.3/24"));

    @ParameterizedTest
    @CsvSource({
        "10.200.0.1, true",
        "11.0.0.1, false",
        "192.0.2.7, true",
        "192.0.2.8, false",
        "2001:db8:1::1, true",
        "[2001:db8::1], true",
        "[2001:db8::1]:4711, true",
        "10.0.0.1:4711, true",
        "2001:db9::1, false",
        "::ffff:10.1.2.3, true",
        "::ffff:11.1.2.3, false",
        "fe80::1%eth0, false"
    })
    void membership(String address, boolean expected) {
        IPAddress parsed = Addresses.parse(address);
        assertThat(parsed).isNotNull();
        assertThat(SOME.contain(parsed)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "example.com",
                "10.0.0",
                "10",
                "0x0a.0.0.1",
                "010.0.0.1",
                "10.0.0.1/8",
                "10.*.0.1",
                "1-2.0.0.1",
                "10.0.0.256",
                "unknown",
                "_hidden",
                "*",
                "[",
                "10.0.0.1.",
                "::g"
            })
    void notAnAddress(String text) {
        assertThat(Addresses.parse(text)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "localhost", "10.0.0.0/33", "*", "10.0.0.0/255.0.0.0", "10.0.0.0-10.0.0.9", "/8", "10/8"})
    void settingsFailClosed(String block) {
        assertThatThrownBy(() -> new Addresses(List.of(block)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not an IP address or CIDR block");
    }

    @Property(tries = 200)
    void knowsTheCanonicalSpellingOfIPv4(@ForAll("almostIPv4") String text) {
        IPAddress address = Addresses.parse(text);
        boolean canonical = address != null
                && address.isIPv4()
                && address.toCanonicalString().equals(text);
        assertThat(Addresses.isCanonicalIPv4(text)).isEqualTo(canonical);
    }

    @Provide
    Arbitrary<String> almostIPv4() {
        Arbitrary<String> part =
                Arbitraries.of("0", "7", "10", "255", "256", "00", "01", "1000", "", "-1", "1 ", "x", "1:80", "\u0661");
        Arbitrary<String> octet = Arbitraries.integers().between(0, 299).map(String::valueOf);
        Arbitrary<String> mostly = Arbitraries.frequencyOf(Tuple.of(1, part), Tuple.of(4, octet));
        return Arbitraries.frequencyOf(
                        Tuple.of(5, mostly.list().ofSize(4)),
                        Tuple.of(1, mostly.list().ofMaxSize(5)))
                .map(parts -> String.join(".", parts));
    }

    @Property(tries = 200)
    void neverThrows(@ForAll String text) {
        IPAddress address = Addresses.parse(text);
        assertThat(address == null || address.getCount().intValueExact() == 1).isTrue();
    }
}
