package dev.adit.standalone;

import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line. */
@Command(
        name = "adit",
        description = {"A Kubernetes Ingress gateway that runs from manifests: no cluster, no reload, no template.", ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Adit.Version.class,
        commandListHeading = "%nCommands:%n",
        footer = {
            "",
            "Exit codes: 0 all is well; 1 there are findings; 2 the input or the command line cannot be used.",
            "",
            "Examples:",
            "  adit serve --demo                    a small shop to try things on, with curl lines to paste",
            "  adit serve -f manifests/             serve a directory and follow its changes",
            "  adit check -f manifests/             what is wrong with it, with file, line and column",
            "  echo '{\"host\":\"shop.example\",\"path\":\"/cart\"}' | adit route -f manifests/",
            "                                       who would serve this request, and how"
        })
public final class Adit implements Runnable {
    /** Everything is fine. */
    static final int OK = 0;

    /** The command did its work and found something to mend. */
    static final int FINDINGS = 1;

    /** There was nothing to work on. */
    static final int UNUSABLE = 2;

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli fills in what is annotated
    Adit() {}

    /** Runs the command line and ends the process with its exit code. */
    public static void main(String[] args) {
        // Netty looks for buffers that were lost by sampling: a help to its developers that costs every request.
        System.getProperties().putIfAbsent("io.netty.leakDetection.level", "disabled");
        System.exit(commandLine(System.in).execute(args));
    }

    /** @param in what {@code route} reads requests from */
    static CommandLine commandLine(InputStream in) {
        return new CommandLine(new Adit())
                .addSubcommand(new ServeCommand())
                .addSubcommand(new RouteCommand(in))
                .addSubcommand(new CheckCommand())
                .setUsageHelpWidth(110)
                .setExecutionExceptionHandler((e, line, parsed) -> {
                    PrintWriter err = line.getErr();
                    if (e instanceof UnusableException) {
                        err.println("adit: " + e.getMessage());
                    } else {
                        err.println("adit: this should not happen, please report it:");
                        e.printStackTrace(err);
                    }
                    err.flush();
                    return UNUSABLE;
                });
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: serve, route or check.");
    }

    /** What was given cannot be worked with; the message says why. */
    static final class UnusableException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UnusableException(String message) {
            super(message);
        }
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Adit.class.getPackage().getImplementationVersion();
            return new String[] {"adit " + Objects.requireNonNullElse(version, "(not packaged)")};
        }
    }
}
