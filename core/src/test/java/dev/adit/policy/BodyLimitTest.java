package dev.adit.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyLimitTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1000, 1000",
        "7b, 7",
        "512k, 524288",
        "8m, 8388608",
        "8M, 8388608",
        "2g, 2147483648",
        "999999999G, 1073741822926258176"
    })
    void readsSizes(String text, long bytes) {
        assertThat(BodyLimit.parse(text)).isEqualTo(new BodyLimit(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "-1", "1.5m", "8mb", "8 m", "1t", "1000000000"})
    void refusesWhatIsNoSize(String text) {
        assertThatThrownBy(() -> BodyLimit.parse(text)).hasMessageContaining("is not a size");
    }

    @Test
    void isNeverNegative() {
        assertThatThrownBy(() -> new BodyLimit(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void followsTheProfileUnlessAnOptionSaysOtherwise() {
        Settings nginx = Settings.DEFAULT.withProfile(Settings.Profile.INGRESS_NGINX);
        assertThat(Settings.DEFAULT.bodyLimit()).isEqualTo(BodyLimit.NONE);
        assertThat(nginx.bodyLimit()).isEqualTo(new BodyLimit(1 << 20));
        assertThat(nginx.with(Map.of("proxy-body-size", "0")).bodyLimit()).isEqualTo(BodyLimit.NONE);
        assertThat(Settings.DEFAULT.with(Map.of("proxy-body-size", "2m")).bodyLimit())
                .isEqualTo(new BodyLimit(2 << 20));
    }
}
