package dev.adit.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValidityTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource(textBlock = """
            0, 100, -1,  '[NOT_YET_VALID]', 0
            0, 100, 0,   '[]', 86
            0, 100, 85,  '[]', 86
            0, 100, 86,  '[EXPIRES_SOON]', 100
            0, 100, 99,  '[EXPIRES_SOON]', 100
            0, 100, 100, '[EXPIRED]',
            0, 100, 101, '[EXPIRED]',
            5, 6,   -9,  '[NOT_YET_VALID]', -8
            5, 6,   -8,  '[NOT_YET_VALID, EXPIRES_SOON]', 5
            5, 6,   5,   '[EXPIRES_SOON]', 6
            9, 8,   8,   '[EXPIRED, NOT_YET_VALID]', 9
            """)
    void isSaidToBeWhatItIsUntilItChanges(int from, int end, int day, String flaws, Integer change) {
        Validity validity = new Validity(day(from), day(end));
        assertThat(validity.flaws(day(day))).hasToString(flaws);
        assertThat(validity.nextChange(day(day))).isEqualTo(change == null ? Instant.MAX : day(change));
    }

    @Property(tries = 200)
    void nothingChangesBeforeTheNextChange(
            @ForAll @IntRange(max = 40) int from,
            @ForAll @IntRange(max = 40) int end,
            @ForAll @IntRange(max = 60) int day) {
        Validity validity = new Validity(day(from), day(end));
        Instant now = day(day - 20);
        Instant change = validity.nextChange(now);
        Instant last = change.equals(Instant.MAX) ? day(1_000) : change.minusNanos(1);
        assertThat(validity.flaws(last)).isEqualTo(validity.flaws(now));
        assertThat(change.equals(Instant.MAX) || !validity.flaws(change).equals(validity.flaws(now)))
                .isTrue();
    }

    @Test
    void whatHasNoEndIsNeverOver() {
        assertThat(new Validity(START, Instant.MAX).flaws(START)).isEmpty();
        assertThat(new Validity(START, Instant.MAX).nextChange(START.minusSeconds(1)))
                .isEqualTo(START);
    }

    @Test
    void aChainIsValidWhileAllOfItIs() {
        CertificateIssuer root = CertificateIssuer.root("CN=root", day(0), day(90));
        Identity leaf = root.intermediate("CN=between", day(2), day(50)).server(List.of("a.test"), day(1), day(60));
        assertThat(leaf.validity()).isEqualTo(new Validity(day(2), day(50)));
    }

    private static Instant day(int number) {
        return START.plus(Duration.ofDays(number));
    }
}
