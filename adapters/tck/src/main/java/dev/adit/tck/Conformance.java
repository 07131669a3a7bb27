package dev.adit.tck;

import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** How a transport did: what its conformance table says. Not thread-safe. */
final class Conformance {
    private static final class Tally {
        private int cases;
        private int passed;
        private int gaps;
    }

    private final Map<String, Tally> topics = new LinkedHashMap<>();
    private final Set<Capability> lacks;
    /** What a case has failed for that lacks nothing else. */
    private final Set<Capability> proven = EnumSet.noneOf(Capability.class);
    /** What a case was tried for that lacks nothing else. */
    private final Set<Capability> tried = EnumSet.noneOf(Capability.class);
    /** What a case has failed for that lacks more than one thing: nobody knows for which. */
    private final Set<Capability> suspected = EnumSet.noneOf(Capability.class);

    Conformance(Collection<Case> cases, Set<Capability> lacks) {
        this.lacks = lacks.isEmpty() ? EnumSet.noneOf(Capability.class) : EnumSet.copyOf(lacks);
        for (Case one : cases) {
            tally(one).cases++;
        }
    }

    private Tally tally(Case one) {
        return topics.computeIfAbsent(one.topic(), key -> new Tally());
    }

    /** What {@code one} needs and the transport says it lacks. */
    Set<Capability> lacking(Case one) {
        Set<Capability> lacking = EnumSet.copyOf(lacks);
        lacking.retainAll(one.needs());
        return lacking;
    }

    /** Whether an earlier case has shown that {@code one} cannot pass. */
    boolean isKnownGap(Case one) {
        return one.needs().stream().anyMatch(proven::contains);
    }

    /** {@code one} passed. */
    void passed(Case one) {
        tally(one).passed++;
        tried(lacking(one));
    }

    /** {@code one} was not tried, since it is a known gap. */
    void gap(Case one) {
        tally(one).gaps++;
    }

    /** {@code one} was tried although something is lacking for it, and failed. */
    void failed(Case one) {
        tally(one).gaps++;
        Set<Capability> lacking = lacking(one);
        tried(lacking);
        (lacking.size() == 1 ? proven : suspected).addAll(lacking);
    }

    private void tried(Set<Capability> lacking) {
        if (lacking.size() == 1) {
            tried.addAll(lacking);
        }
    }

    /** What is declared as lacking although nothing that needs it fails. */
    Set<Capability> falselyLacking() {
        Set<Capability> wrong = EnumSet.copyOf(lacks);
        wrong.removeAll(proven);
        wrong.removeIf(capability -> !tried.contains(capability) && suspected.contains(capability));
        return wrong;
    }

    /** The table, in Markdown. */
    String table() {
        StringBuilder text = new StringBuilder("| topic | cases | passed | declared gaps |\n|---|---:|---:|---:|\n");
        Tally all = new Tally();
        topics.forEach((topic, tally) -> {
            row(text, topic, tally);
            all.cases += tally.cases;
            all.passed += tally.passed;
            all.gaps += tally.gaps;
        });
        row(text, "**all**", all);
        text.append("\n| capability | |\n|---|---|\n");
        for (Capability capability : Capability.values()) {
            text.append("| ")
                    .append(capability.sentence())
                    .append(lacks.contains(capability) ? " | **no** |\n" : " | yes |\n");
        }
        return text.toString();
    }

    private static void row(StringBuilder text, String name, Tally tally) {
        text.append(String.format("| %s | %d | %d | %d |\n", name, tally.cases, tally.passed, tally.gaps));
    }
}
