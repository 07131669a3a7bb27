package dev.adit.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.adit.policy.Retry.On;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetryTest {
    @Test
    void everyWordOfNginxIsKnown() {
        assertThat(Retry.on(
                        " error timeout  invalid_header http_403 http_404 http_429 http_500 http_502 http_503 http_504"
                                + " non_idempotent"))
                .containsExactlyInAnyOrder(On.values());
        assertThat(Retry.on("off")).isEmpty();
        assertThat(Retry.on("error off")).isEmpty();
        assertThat(On.HTTP_502.word()).isEqualTo("http_502");
    }

    @Test
    void otherWordsAreNamed() {
        assertThatThrownBy(() -> Retry.on("error http_418 sometimes"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("holds unknown words: http_418 sometimes");
    }

    @Test
    void settingsTakeTheSameWords() {
        Settings settings = Settings.DEFAULT.with(Map.of("proxy-next-upstream", "http_503 non_idempotent"));
        assertThat(settings.retry()).isEqualTo(Retry.DEFAULT.withOn(Set.of(On.HTTP_503, On.NON_IDEMPOTENT)));
        assertThatThrownBy(() -> Settings.DEFAULT.with(Map.of("proxy-next-upstream", "http_418")))
                .hasMessage("proxy-next-upstream: 'http_418' holds unknown words: http_418");
    }

    @Test
    void statuses() {
        Retry retry = Retry.DEFAULT.withOn(Set.of(On.values()));
        assertThat(List.of(403, 404, 429, 500, 502, 503, 504)).allMatch(retry::onStatus);
        assertThat(List.of(200, 301, 400, 401, 405, 501, 505)).noneMatch(retry::onStatus);
        assertThat(List.of(403, 404, 429, 500, 502, 503, 504)).noneMatch(Retry.DEFAULT::onStatus);
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThatThrownBy(() -> Retry.DEFAULT.withTries(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Retry.DEFAULT.withReplayBytes(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Mirror("", "", -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ErrorPages(Set.of(200), 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ErrorPages(Set.of(404), 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ExternalAuth.get("a.example", "x")).isInstanceOf(IllegalArgumentException.class);
    }
}
