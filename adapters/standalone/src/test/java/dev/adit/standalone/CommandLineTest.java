package dev.adit.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
    @Test
    void helpSaysWhatThereIs() {
        Cli help = Cli.run("--help");
        assertThat(help.exit()).isZero();
        assertThat(help.out()).contains("serve", "route", "check", "Exit codes", "Examples");
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "route", "check"})
    void everyCommandHasHelpWithExamples(String command) {
        Cli help = Cli.run(command, "--help");
        assertThat(help.exit()).isZero();
        assertThat(help.out())
                .contains("-f", "--controller", "--class-annotation", "--without-class", "--profile", "--option")
                .contains("Exit codes:", "Example");
        assertThat(help.out().lines()).allSatisfy(l -> assertThat(l.length()).isLessThanOrEqualTo(120));
    }

    @Test
    void hasAVersion() {
        assertThat(Cli.run("--version").out()).startsWith("adit ");
    }

    @Test
    void withoutACommandSaysWhatToDo() {
        Cli run = Cli.run();
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("serve, route or check");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "check",
                "check -f does-not-exist.yaml",
                "check -f . --no-such-flag",
                "check -f . --profile nginx",
                "check -f . --without-class maybe",
                "check -f . --option no-such-option=1",
                "check -f . --option ssl-redirect=perhaps",
                "check -f . --output xml",
                "route",
                "route -f does-not-exist.yaml",
                "serve",
                "serve -f does-not-exist.yaml",
                "serve --demo -f .",
                "serve --demo --http 70000",
                "serve --demo --tls-engine gnutls",
                "serve --demo --transport undertow --tls-engine openssl",
                "serve --demo --transport jetty --option enable-ssl-passthrough=true",
                "serve --demo --http off --https off",
                "serve --demo --option ssl-redirect=perhaps",
                "serve --demo --session-key-file .",
                "serve --demo --zone=",
                "serve --demo --tls-ticket-key-file does-not-exist",
                "serve --demo --transport jetty --tls-ticket-key-file .",
                "serve --demo --admin localhost:http"
            })
    void unusableInputIsTwo(String args, @TempDir Path empty) {
        String[] words = args.replace("-f .", "-f " + empty).split(" ");
        Cli run = Cli.run(words);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).isNotBlank().doesNotContain("Exception");
    }
}
