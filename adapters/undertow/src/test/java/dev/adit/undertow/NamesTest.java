package dev.adit.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where endpoints that are names may lead. */
class NamesTest {
    private static String resolve(String host) throws Exception {
        NameResolver resolver = new NameResolver();
        CompletableFuture<String> result = new CompletableFuture<>();
        try {
            resolver.resolve(
                    host,
                    Runnable::run,
                    (found, problem) -> result.complete(
                            found.isEmpty() ? problem : found.get(0).getHostAddress()));
            return result.get(10, TimeUnit.SECONDS);
        } finally {
            resolver.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1,127.0.0.1", "::1,0:0:0:0:0:0:0:1", "10.1.2.3,10.1.2.3"})
    void takesAddressesAsTheyAre(String host, String address) throws Exception {
        assertThat(resolve(host)).isEqualTo(address);
    }

    @Test
    void neverLeadsANameToThisMachine() throws Exception {
        assertThat(resolve("localhost")).isEqualTo("localhost has no address that may be connected to");
    }
}
