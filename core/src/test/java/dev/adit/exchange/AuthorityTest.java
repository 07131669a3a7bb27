package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityTest {
    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            value = {
                "example.com:8080 -> example.com",
                "EXAMPLE.COM -> example.com",
                "Example.Com:443 -> example.com",
                "example.com. -> example.com",
                "example.com.:8080 -> example.com",
                "example.com: -> example.com",
                "example.com:0 -> example.com",
                "example.com:65535 -> example.com",
                "example.com:00080 -> example.com",
                "A_b.internal -> a_b.internal",
                "192.0.2 -> 192.0.2",
                "192.0.2.256 -> 192.0.2.256",
                "1.2.3.4.5 -> 1.2.3.4.5",
                "192.0.2.x -> 192.0.2.x",
            })
    void names(String authority, String expected) {
        assertThat(Authority.matchedHost(authority)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "192.0.2.1",
                "192.0.2.1:80",
                "192.0.2.1.",
                "255.255.255.255",
                "010.0.0.1",
                "[2001:db8::1]",
                "[::]:8443",
                "[::1]:",
                "[::ffff:192.0.2.1]"
            })
    void addressesAreServedByRulesWithoutHost(String authority) {
        assertThat(Authority.matchedHost(authority)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "example.com..",
                ".example.com",
                ".",
                "a..b",
                "user@example.com",
                "exam ple.com",
                "example.com:99999",
                "example.com:65536",
                "example.com:80a",
                "example.com:-1",
                "example.com:80:80",
                ":80",
                ":",
                "a/b",
                "a%20b",
                "a,b",
                "*.example.com",
                "b\u00fccher.example",
                "\u212aelvin.example",
                "[::1",
                "::1",
                "[::1]x",
                "[fe80::1%25eth0]",
                "[v1.x]",
                "[]",
                "[1.2.3.4]",
                "[::1]:99999",
                "a\tb",
                "a\u0000",
                "example.com\u3002"
            })
    void illegal(String authority) {
        assertThat(Authority.matchedHost(authority)).isNull();
    }

    @Test
    void aCanonicalNameComesBackAsItIs() {
        String host = "shop.example.com";
        assertThat(Authority.matchedHost(host)).isSameAs(host);
        assertThat(Authority.matchedHost("")).isEmpty();
    }

    @Test
    void theLimitIsThatOfDns() {
        String longest = "a".repeat(63) + "." + "b".repeat(189);
        assertThat(longest).hasSize(253);
        assertThat(Authority.matchedHost(longest)).isEqualTo(longest);
        assertThat(Authority.matchedHost(longest + ".")).isEqualTo(longest);
        assertThat(Authority.matchedHost(longest + "b")).isNull();
    }

    @Test
    void nameKeepsAddresses() {
        assertThat(Authority.name("[2001:DB8::1]:8443")).isEqualTo("[2001:db8::1]");
        assertThat(Authority.name("192.0.2.1:80")).isEqualTo("192.0.2.1");
    }

    @ParameterizedTest
    @CsvSource({
        "one.example, one.example:80, 80, true",
        "one.example:80, One.Example., 80, true",
        "one.example, one.example:443, 443, true",
        "one.example, one.example:443, 80, false",
        "one.example:81, one.example:82, 80, false",
        "one.example, two.example, 80, false",
        "192.0.2.1, 192.0.2.2, 80, false",
        "[::1], [::2], 80, false",
        "a@one.example, b@one.example, 80, false"
    })
    void sameOrContradicting(String one, String other, int defaultPort, boolean same) {
        assertThat(Authority.same(one, other, defaultPort)).isEqualTo(same);
        assertThat(Authority.same(other, one, defaultPort)).isEqualTo(same);
    }

    @Property(tries = 200)
    void idempotentAndOfOneAlphabet(
            @ForAll
                    @StringLength(max = 20)
                    @CharRange(from = 'a', to = 'c')
                    @CharRange(from = 'A', to = 'C')
                    @CharRange(from = '0', to = '2')
                    @Chars({'.', ':', '-', '_', '[', ']', '@', ' '})
                    String authority) {
        String host = Authority.matchedHost(authority);
        if (host != null) {
            assertThat(host).matches("(?:[a-z0-9_-]+(?:\\.[a-z0-9_-]+)*)?");
            assertThat(Authority.matchedHost(host)).isSameAs(host);
        }
    }

    @Property(tries = 200)
    void neverThrows(@ForAll String authority) {
        String host = Authority.matchedHost(authority);
        assertThat(host == null || host.length() <= Authority.MAX_HOST).isTrue();
    }
}
