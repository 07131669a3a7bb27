package dev.adit.standalone;

import dev.adit.Compilation;
import dev.adit.diagnostic.Diagnostic;
import dev.adit.diagnostic.Effect;
import dev.adit.diagnostic.Severity;
import dev.adit.manifest.Manifests;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Logs what each update changed: findings once, when they appear. What has no effect on the traffic and is no warning, such as endpoints on
 * loopback, is left to {@code adit check}. Not thread-safe.
 */
final class UpdateLog {
    private static final System.Logger LOG = System.getLogger(UpdateLog.class.getName());

    private Manifests manifests = new Manifests(List.of(), List.of());
    private Set<Diagnostic> known = Set.of();

    /** What came of new manifests. */
    void updated(Manifests read, Compilation compilation) {
        manifests = read;
        log(compilation, findings(compilation));
    }

    /** What time made of the same manifests: nothing is said if that is nothing new. */
    void rechecked(Compilation compilation) {
        List<Diagnostic> all = findings(compilation);
        if (!known.equals(Set.copyOf(all))) {
            log(compilation, all);
        }
    }

    private List<Diagnostic> findings(Compilation compilation) {
        return Stream.concat(manifests.diagnostics().stream(), compilation.diagnostics().stream())
                .filter(d -> d.effect() != Effect.NONE || d.severity() == Severity.WARNING)
                .toList();
    }

    private void log(Compilation compilation, List<Diagnostic> all) {
        Set<Diagnostic> now = new LinkedHashSet<>(all);
        now.stream().filter(d -> !known.contains(d)).forEach(UpdateLog::log);
        long mended = known.stream().filter(d -> !now.contains(d)).count();
        known = now;

        String findings = Findings.summary(all);
        LOG.log(
                System.Logger.Level.INFO,
                "serving " + compilation.table().routes().size() + " routes from "
                        + manifests.resources().size() + " objects"
                        + (findings.isEmpty() ? "" : ", with " + findings)
                        + (mended == 0 ? "" : "; gone since the last update: " + mended));
    }

    private static void log(Diagnostic d) {
        String object = d.object().isEmpty() ? "" : " (" + d.object() + ")";
        LOG.log(
                level(d.severity()),
                Findings.headline(d)
                        + object
                        + (d.effect() == Effect.NONE
                                ? ""
                                : "; effect: " + d.effect().text()));
    }

    private static System.Logger.Level level(Severity severity) {
        return switch (severity) {
            case ERROR -> System.Logger.Level.ERROR;
            case WARNING -> System.Logger.Level.WARNING;
            case INFO -> System.Logger.Level.INFO;
        };
    }
}
