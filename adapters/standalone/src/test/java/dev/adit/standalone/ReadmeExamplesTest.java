package dev.adit.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.adit.ConfigSource;
import dev.adit.Gateway;
import dev.adit.matcher.MatchTrace;
import dev.adit.matcher.PathKind;
import dev.adit.matcher.RouteMatcher;
import dev.adit.netty.NettyGateway;
import dev.adit.sources.DirectorySource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the README. */
class ReadmeExamplesTest {
    private static final Path EXAMPLES = Path.of("src/test/resources/readme");

    @Test
    void embedding(@TempDir Path folder) throws Exception {
        int httpPort = 0;
        int httpsPort = 0;
        Files.writeString(folder.resolve("hello.yaml"), Files.readString(EXAMPLES.resolve("hello.yaml")));
        // tag::embed
        Gateway gateway = Gateway.builder().build();
        ConfigSource source = DirectorySource.of(folder);
        source.start(manifests -> gateway.update(manifests.resourceSet()));
        NettyGateway server = NettyGateway.builder()
                .gateway(gateway)
                .http(httpPort)
                .https(httpsPort)
                .build()
                .start();
        // end::embed
        try (source;
                server) {
            URI uri = URI.create("http://127.0.0.1:" + server.httpPort() + "/");
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as("no rule for this host").isEqualTo(404);
            assertThat(gateway.table().routes()).hasSize(1);
        }
    }

    @Test
    void matcherAlone() {
        // tag::matcher
        RouteMatcher<String> matcher = RouteMatcher.<String>builder()
                .add("shop.example", PathKind.PREFIX, "/", "front")
                .add("shop.example", PathKind.PREFIX, "/cart", "cart")
                .add("*.shop.example", PathKind.PREFIX, "/", "tenant")
                .build();
        String winner = matcher.find("shop.example", "/cart/7"); // cart
        MatchTrace<String> why = matcher.explain("blue.shop.example", "/");
        // end::matcher
        assertThat(winner).isEqualTo("cart");
        assertThat(why.group()).isEqualTo("*.shop.example");
        assertThat(why.winner()).isEqualTo("tenant");
    }

    /**
     * Sessions are files: a line that starts with {@code $ } is typed, what follows up to the next is its answer.
     */
    @Test
    void sessions(@TempDir Path folder) throws IOException {
        Map<String, Path> files = Map.ofEntries(
                entry("hello.yaml", EXAMPLES.resolve("hello.yaml")), entry("bad.yaml", EXAMPLES.resolve("bad.yaml")));
        for (String name : List.of("check.txt", "route.txt")) {
            String session = Files.readString(EXAMPLES.resolve(name));
            assertThat(play(session, files)).as(name).isEqualTo(session);
        }
    }

    private static String play(String session, Map<String, Path> files) {
        List<String> lines = new ArrayList<>();
        for (String line : session.lines().filter(l -> l.startsWith("$ ")).toList()) {
            lines.add(line);
            lines.addAll(answer(line.substring(2), files));
        }
        return String.join("\n", lines) + "\n";
    }

    /** {@code [echo 'input' |] adit args}. */
    private static List<String> answer(String typed, Map<String, Path> files) {
        int pipe = typed.lastIndexOf(" | ");
        String input = pipe < 0 ? "" : typed.substring(typed.indexOf('\'') + 1, typed.lastIndexOf('\''));
        String[] words = typed.substring(pipe < 0 ? 0 : pipe + 3).split(" ");
        String[] args = Stream.of(words)
                .skip(1)
                .map(w -> files.containsKey(w) ? files.get(w).toString() : w)
                .toArray(String[]::new);
        Cli run = Cli.runWithInput(input, args);
        String folder = EXAMPLES + "/";
        return Stream.concat(run.out().lines(), run.err().lines())
                .map(l -> l.replace(folder, ""))
                .toList();
    }
}
