package dev.adit.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    @Test
    void optionsAreNamedLikeIngressNginx() {
        Settings s = Settings.DEFAULT.with(Map.of(
                "ssl-redirect", "false",
                "force-ssl-redirect", "T",
                "http-redirect-code", "301",
                "disable-svc-external-name", "false",
                "default-backend-service", "shop/web:80",
                "default-ssl-certificate", "shop/cert",
                "proxy-read-timeout", "7",
                "proxy-next-upstream", "error",
                "proxy-next-upstream-tries", "2"));

        assertThat(s.sslRedirect()).isFalse();
        assertThat(s.forceSslRedirect()).isTrue();
        assertThat(s.httpRedirectCode()).isEqualTo(301);
        assertThat(s.externalNames()).isTrue();
        assertThat(s.defaultBackendService()).isEqualTo("shop/web:80");
        assertThat(s.defaultSslCertificate()).isEqualTo("shop/cert");
        assertThat(s.timeouts().read()).isEqualTo(Duration.ofSeconds(7));
        assertThat(s.timeouts().connect()).isEqualTo(Duration.ofSeconds(5));
        assertThat(s.retry()).isEqualTo(Retry.DEFAULT.withTries(2).withOn(Set.of(Retry.On.ERROR)));
    }

    @Test
    void nobodyIsTrustedUnlessNamed() {
        assertThat(Settings.DEFAULT.trustedProxies()).isEmpty();
        assertThat(Settings.DEFAULT
                        .with(Map.of("use-forwarded-headers", "true", "proxy-real-ip-cidr", "10.0.0.0/8, ::1"))
                        .trustedProxies())
                .isEqualTo(List.of("10.0.0.0/8", "::1"));
        assertThatThrownBy(() -> Settings.DEFAULT.with(Map.of("use-forwarded-headers", "true")))
                .hasMessageContaining("proxy-real-ip-cidr");
    }

    @Test
    void everyOptionThatIsListedIsKnown() {
        for (String key : SettingsOptions.KEYS) {
            assertThatThrownBy(() -> Settings.DEFAULT.with(Map.of(key, "\u0000")))
                    .as(key)
                    .hasMessageContaining(key)
                    .hasMessageNotContaining("unknown option");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ssl-redirect, maybe",
        "http-redirect-code, 200",
        "default-backend-service, web",
        "proxy-read-timeout, 5s",
        "proxy-read-timeout, 0",
        "max-routes, 99999999",
        "path-mode, loose",
        "no-such-option, 1"
    })
    void refusesWhatCannotBeUsed(String key, String value) {
        assertThatThrownBy(() -> Settings.DEFAULT.with(Map.of(key, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(key);
    }
}
