package dev.adit.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.adit.policy.HashKey.Part;
import dev.adit.policy.HashKey.Source;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashKeyTest {
    @Test
    void variablesAndTextFollowEachOther() {
        assertThat(HashKey.parse("a-${arg_User}b$http_x_tenant_id/$cookie_S$host")
                        .parts())
                .containsExactly(
                        new Part(Source.TEXT, "a-"),
                        new Part(Source.ARG, "User"),
                        new Part(Source.TEXT, "b"),
                        new Part(Source.HTTP, "x-tenant-id"),
                        new Part(Source.TEXT, "/"),
                        new Part(Source.COOKIE, "S"),
                        new Part(Source.HOST, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "$", "a$", "$$host", "${host", "${}", "$http_", "$cookie_", "$arg_", "$hosts"})
    void whatIsNoKeyIsRefused(String text) {
        assertThatThrownBy(() -> HashKey.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void itIsOfBoundedLength() {
        assertThat(HashKey.parse("x".repeat(1_000)).parts()).hasSize(1);
        assertThatThrownBy(() -> HashKey.parse("x".repeat(1_001))).isInstanceOf(IllegalArgumentException.class);
    }

    @Property(tries = 200)
    void anyTextIsReadOrRefused(
            @ForAll @StringLength(max = 20) @Chars({'$', '{', '}', '_'}) @CharRange(from = 'g', to = 'i') String text) {
        try {
            assertThat(HashKey.parse(text).parts()).isNotEmpty();
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageMatching("is empty|has .*");
        }
    }
}
