package dev.adit.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConformanceTest {
    private static final Case PLAIN = needing("plain");
    private static final Case TLS = needing("tls", Capability.TLS);
    private static final Case TLS_TOO = needing("tls too", Capability.TLS);
    private static final Case BOTH = needing("both", Capability.TLS, Capability.UPGRADE);
    private static final List<Case> ALL = List.of(PLAIN, TLS, TLS_TOO, BOTH);

    private static Case needing(String name, Capability... needs) {
        return new Case(
                "T",
                "x.tck",
                1,
                name,
                Set.of(needs),
                List.of(),
                "",
                Map.of(),
                Map.of(),
                List.of(),
                List.of(new Step(1, "get", List.of())));
    }

    @Test
    void aFailureProvesALackAndTheRestIsKnown() {
        Conformance conformance = new Conformance(ALL, Set.of(Capability.TLS));
        assertThat(conformance.lacking(PLAIN)).isEmpty();
        assertThat(conformance.lacking(BOTH)).containsExactly(Capability.TLS);
        assertThat(conformance.isKnownGap(TLS)).isFalse();
        conformance.passed(PLAIN);
        conformance.failed(TLS);
        assertThat(conformance.isKnownGap(TLS_TOO)).isTrue();
        conformance.gap(TLS_TOO);
        conformance.gap(BOTH);
        assertThat(conformance.falselyLacking()).isEmpty();
        assertThat(conformance.table())
                .contains("| T | 4 | 1 | 3 |\n")
                .contains("| serves TLS | **no** |\n")
                .contains("| tunnels after 101 | yes |\n");
    }

    @Test
    void whatPassesIsNotLacking() {
        Conformance conformance = new Conformance(ALL, Set.of(Capability.TLS));
        ALL.forEach(conformance::passed);
        assertThat(conformance.falselyLacking()).containsExactly(Capability.TLS);
    }

    @Test
    void whatNoCaseNeedsIsNotLacking() {
        assertThat(new Conformance(ALL, Set.of(Capability.RESET)).falselyLacking())
                .containsExactly(Capability.RESET);
    }

    @Test
    void aFailureForTwoReasonsProvesOnlyWhatCannotBeTriedAlone() {
        Conformance conformance = new Conformance(ALL, Set.of(Capability.TLS, Capability.UPGRADE));
        conformance.passed(TLS);
        conformance.passed(TLS_TOO);
        conformance.failed(BOTH);
        assertThat(conformance.falselyLacking()).containsExactly(Capability.TLS);
    }
}
