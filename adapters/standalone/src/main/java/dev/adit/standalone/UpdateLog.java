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
 * Logs what each update changed: findings once, when they appear. What has no effect on the traffic, such as endpoints on
 * loopback, is left to {@code adit check}. Confined to the thread that updates.
 */
final class UpdateLog {
    private static final System.Logger LOG = System.getLogger(UpdateLog.class.getName());

    private Set<Diagnostic> known = Set.of();

    void updated(Manifests manifests, Compilation compilation) {
        List<Diagnostic> all = Stream.concat(manifests.diagnostics().stream(), compilation.diagnostics().stream())
                .filter(d -> d.effect() != Effect.NONE)
                .toList();
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
                Findings.headline(d) + object + "; effect: " + d.effect().text());
    }

    private static System.Logger.Level level(Severity severity) {
        return switch (severity) {
            case ERROR -> System.Logger.Level.ERROR;
            case WARNING -> System.Logger.Level.WARNING;
            case INFO -> System.Logger.Level.INFO;
        };
    }
}
