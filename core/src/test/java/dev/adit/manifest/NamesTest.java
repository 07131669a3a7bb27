package dev.adit.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
    @ParameterizedTest
    @CsvSource({
        "Shop.Test, shop.test",
        "shop.test., shop.test",
        "shop.test:8080, shop.test",
        "https://shop.test/cart, shop.test",
        "*shop.test, *.shop.test",
        "shop.test, ''",
        "*, ''",
        "10.0.0.1:80, ''",
        "a_b.test, ''",
    })
    void suggestsHosts(String host, String suggestion) {
        assertThat(Names.suggestHost(host)).isEqualTo(suggestion);
    }

    @Test
    void findsTheNearestName() {
        Set<String> names = Set.of("path", "pathType", "backend");
        assertThat(Names.nearest("pathtype", names)).isEqualTo("pathType");
        assertThat(Names.nearest("pth", names)).isEqualTo("path");
        assertThat(Names.nearest("bakcend", names)).isEqualTo("backend");
        assertThat(Names.nearest("serviceName", names)).isEmpty();
        assertThat(Names.nearest("x".repeat(10_000), names)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a.b", "a-b.c", "1.2", "xn--bcher-kva.test", "a.b-c.d"})
    void subdomains(String name) {
        assertThat(Names.subdomain(name)).isNull();
        assertThat(Names.host("*." + name)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a..b", ".a", "a.", "-a", "a-", "A", "a_b", "a b", "\u00fc", "a\n", "*.a", "a.*"})
    void noSubdomains(String name) {
        assertThat(Names.subdomain(name)).isNotNull();
    }

    @Test
    void lengths() {
        assertThat(Names.label("a".repeat(63))).isNull();
        assertThat(Names.label("a".repeat(64))).isNotNull();
        assertThat(Names.subdomain("a".repeat(253))).isNull();
        assertThat(Names.subdomain("a".repeat(254))).isNotNull();
        assertThat(Names.host("*." + "a".repeat(251))).isNull();
        assertThat(Names.host("*." + "a".repeat(252))).isNotNull();
        assertThat(Names.portName("a".repeat(15))).isNull();
        assertThat(Names.portName("a".repeat(16))).isNotNull();
        assertThat(Names.qualifiedName("a.io/" + "A".repeat(63))).isNull();
        assertThat(Names.qualifiedName("a".repeat(64))).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "80", "A", "a_b", "a--b", "-a", "a-"})
    void noPortNames(String name) {
        assertThat(Names.portName(name)).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "192.168.001.1, true",
        "10.0.0.1, true",
        "::1, true",
        "::ffff:10.0.0.1, true",
        "10.0.0, false",
        "10.0.0.256, false",
        "10.0.0.1/8, false",
        "10.*.0.1, false",
        "1, false",
        "fe80::1%eth0, false",
        "'', false",
        "localhost, false",
        "0x7f.0.0.1, false",
    })
    void addresses(String text, boolean address) {
        assertThat(Addresses.isAddress(text)).isEqualTo(address);
    }

    /** A regular expression that begins anew at each separator would take hours for these. */
    @Test
    void textsOfNothingButSeparatorsAreReadOnce() {
        String end = "\n\nx";
        assertThat(Names.suggestHost(":".repeat(1_000_000) + end)).isEmpty();
        assertThat(Names.suggestHost("/".repeat(1_000_000) + end)).isEmpty();
        assertThat(Kind.isOfKubernetes("x.y" + "/".repeat(1_000_000) + end)).isFalse();
    }
}
