package dev.adit.standalone;

import dev.adit.Gateway;
import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Diagnostic;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Manifests;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what is wrong with manifests. */
@Command(
        name = "check",
        description = {"Reads manifests as the API server and the gateway would, and says what is wrong with them.", ""
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Exit codes: 0 nothing to mend; 1 errors or warnings; 2 a path cannot be read, or there is no manifest.",
            "",
            "Endpoints on loopback addresses are errors here, as the API server refuses them; serve and route use them",
            "all the same.",
            "",
            "Examples:",
            "  adit check -f manifests/",
            "  adit check -f manifests/ -o json | jq '.[] | select(.severity == \"error\")'"
        })
final class CheckCommand implements Callable<Integer> {
    private enum Format {
        text,
        json
    }

    @Mixin
    private Selection selection = new Selection();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json",
            defaultValue = "text",
            description = "text: file:line:column: severity: message [code]; json: an array of {severity, code, "
                    + "object, field, file, line, column, message, effect, suggestion}. Default: "
                    + "${DEFAULT-VALUE}")
    private Format format = Format.text;

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli fills in what is annotated
    CheckCommand() {}

    @Override
    public Integer call() {
        Manifests manifests = ManifestReader.strict().read(selection.paths());
        Gateway gateway = Gateway.builder().settings(selection.settings()).build();
        List<Diagnostic> diagnostics = new ArrayList<>(manifests.diagnostics());
        diagnostics.addAll(gateway.update(manifests.resourceSet()).diagnostics());

        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if (format == Format.json) {
            Findings.printJson(diagnostics, out);
        } else {
            Findings.printText(diagnostics, out);
        }
        out.flush();
        if (manifests.resources().isEmpty() && diagnostics.isEmpty()) {
            throw new Adit.UnusableException("no manifests found");
        }
        if (diagnostics.stream().anyMatch(d -> d.code() == Code.FILE_UNREADABLE)) {
            return Adit.UNUSABLE;
        }
        if (format == Format.text) {
            String summary = Findings.summary(diagnostics);
            err.println(summary.isEmpty() ? manifests.resources().size() + " objects, nothing to mend" : summary);
            err.flush();
        }
        return Findings.any(diagnostics) ? Adit.FINDINGS : Adit.OK;
    }
}
