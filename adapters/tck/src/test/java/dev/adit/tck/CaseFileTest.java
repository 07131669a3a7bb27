package dev.adit.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CaseFileTest {
    @Test
    void everyFileIsInTheIndex() {
        File folder = new File("src/main/resources/dev/adit/tck/cases");
        Set<String> files = Arrays.stream(Objects.requireNonNull(folder.list()))
                .filter(name -> name.endsWith(".tck"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(CaseFile.all().stream().map(Case::file).collect(Collectors.toSet()))
                .isEqualTo(files);
    }

    @Test
    void thereAreManyCasesAndNoTwoOfAName() {
        List<Case> all = CaseFile.all();
        assertThat(all).hasSizeGreaterThan(250);
        assertThat(new HashSet<>(all.stream().map(Case::toString).toList())).hasSameSizeAs(all);
    }

    @Test
    void everyCapabilityIsTried() {
        Set<Capability> needed = EnumSet.noneOf(Capability.class);
        CaseFile.all().forEach(one -> needed.addAll(one.needs()));
        assertThat(needed).containsExactly(Capability.values());
    }

    @Test
    void aCaseIsRepeatedForEachRow() {
        List<Case> cases = CaseFile.parse("x.tck", """
                topic T

                case {a} is b
                  for a | b
                  | 1 | x y
                  | 2 |
                  needs TLS
                  endpoints live refused
                  settings k=v
                  limits idle=5ms
                  client sends
                  | {b}!
                """.lines().toList());
        assertThat(cases).extracting(Case::name).containsExactly("1 is b", "2 is b");
        assertThat(cases).extracting(one -> one.steps().get(0).block().get(0)).containsExactly("x y!", "!");
        assertThat(cases).allSatisfy(one -> {
            assertThat(one.topic()).isEqualTo("T");
            assertThat(one.line()).isEqualTo(3);
            assertThat(one.needs()).containsExactly(Capability.TLS);
            assertThat(one.endpoints()).containsExactly("live", "refused");
            assertThat(one.settings()).containsEntry("k", "v");
            assertThat(one.limits()).containsEntry("idle", "5ms");
            assertThat(one.steps().get(0).line()).isEqualTo(11);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "case before its topic\n  get",
                "topic T\n  get",
                "topic T\ncase a\n",
                "topic T\ncase a\n  get\ncase a\n  get",
                "topic T\ncase a\n  for x | y\n  | 1\n  get",
                "topic T\ncase a\n  manifest unknown\n  get",
                "topic T\ncase a\n  settings novalue\n  get",
                "topic T\ncase a\n  needs WINGS\n  get",
                "topic T\ncase a\nget"
            })
    void whatIsNoCaseFileIsRefused(String text) {
        assertThatThrownBy(() -> CaseFile.parse("x.tck", text.lines().toList()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
