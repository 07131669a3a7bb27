package dev.adit.standalone;

import dev.adit.Gateway;
import dev.adit.diagnostic.Diagnostic;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Manifests;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says what would happen to requests, without a socket. */
@Command(
        name = "route",
        description = {
            "Reads one request a line, as JSON, from standard input and prints one decision a line. Opens no socket.",
            ""
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Request, every field optional:",
            "  {\"id\": 1, \"method\": \"GET\", \"scheme\": \"https\", \"host\": \"shop.example\", \"path\": \"/cart?x=1\",",
            "   \"headers\": {\"Cookie\": \"a=b\", \"Accept\": [\"a/b\", \"c/d\"]}, \"clientIp\": \"192.0.2.1\", \"sni\": \"shop.example\"}",
            "  host null or absent: no Host header. A header :authority makes it HTTP/2. sni: the host unless given.",
            "Decision, one of:",
            "  {\"id\", \"outcome\": \"forward\", \"service\": \"namespace/name:port\", \"endpoint\": \"ip:port\", \"upstreamPath\",",
            "   \"upstreamQuery\", \"upstreamHost\", \"requestHeaders\": {}, \"ingress\": \"namespace/name\", \"rule\": {\"host\", \"path\", \"pathType\"}}",
            "  {\"id\", \"outcome\": \"reply\", \"status\", \"reason\", \"headers\": {}, \"body\"}",
            "  {\"id\", \"outcome\": \"passthrough\", \"service\", \"endpoint\", \"ingress\", \"rule\"}: TLS that does not end here",
            "  {\"id\", \"outcome\": \"error\", \"message\"}: the line is no such request; the next lines are read all the same",
            "  A request over https also names the \"certificate\": \"namespace/name\" of its Secret, or \"default\".",
            "",
            "Exit codes: 0 every line was a request; 1 some were not; 2 the manifests cannot be read.",
            "",
            "Example:",
            "  echo '{\"host\":\"shop.example\",\"path\":\"/cart\"}' | adit route -f manifests/"
        })
final class RouteCommand implements Callable<Integer> {
    @Mixin
    private Selection selection = new Selection();

    @Spec
    private CommandSpec spec;

    private final InputStream in;

    @SuppressWarnings("NullAway.Init") // picocli fills in what is annotated
    RouteCommand(InputStream in) {
        this.in = in;
    }

    @Override
    public Integer call() throws IOException {
        Manifests manifests = ManifestReader.strict().read(selection.paths());
        Gateway gateway = Gateway.builder().settings(selection.settings()).build();
        List<Diagnostic> diagnostics = new ArrayList<>(manifests.diagnostics());
        diagnostics.addAll(gateway.update(manifests.resourceSet()).diagnostics());
        String summary = Findings.summary(diagnostics);
        if (!summary.isEmpty()) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("adit: the manifests have " + summary + "; adit check shows them");
            err.flush();
        }
        return decide(gateway, new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), 1 << 16));
    }

    private int decide(Gateway gateway, BufferedReader lines) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        int exit = Adit.OK;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isBlank()) {
                continue;
            }
            Decision decision = decide(gateway, line);
            out.println(Json.write(decision));
            if (decision instanceof Decision.Failed) {
                exit = Adit.FINDINGS;
            }
            if (!lines.ready()) {
                // Whoever waits for the answer before the next request gets it.
                out.flush();
            }
        }
        out.flush();
        return exit;
    }

    private static Decision decide(Gateway gateway, String line) {
        try {
            return Decision.of(gateway, LineRequest.parse(line));
        } catch (LineRequest.BadLineException e) {
            return new Decision.Failed(e.id(), String.valueOf(e.getMessage()));
        }
    }
}
