package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrailersTest {
    @ParameterizedTest
    @ValueSource(strings = {"X-Sum", "grpc-status", "Grpc-Message", "Server-Timing", "Digest", "ETag", "x_sum.sha"})
    void passesWhatDescribesTheBody(String name) {
        assertThat(Trailers.mayPass(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length",
                "TRANSFER-ENCODING",
                "host",
                "Authorization",
                "Set-Cookie",
                "X-Forwarded-For",
                "X-Real-IP",
                "X-Original-URL",
                "ssl-client-verify",
                "X_Forwarded_For",
                "content.length",
                "Trailer"
            })
    void keepsBackWhatWouldFoolARecipient(String name) {
        assertThat(Trailers.mayPass(name)).isFalse();
    }
}
