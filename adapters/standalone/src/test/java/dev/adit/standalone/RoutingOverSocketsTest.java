package dev.adit.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.Gateway;
import dev.adit.house.Repository;
import dev.adit.manifest.EndpointSlice;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Resource;
import dev.adit.manifest.ResourceSet;
import dev.adit.manifest.Service;
import dev.adit.policy.Settings;
import dev.adit.standalone.RunningGateway.Listeners;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every routing case again, over real sockets: the answers of core do not depend on who moves the bytes. */
class RoutingOverSocketsTest {
    private static final Path CASES = Repository.ROOT.resolve("core/src/test/resources/cases/routing");

    @ParameterizedTest
    @EnumSource(Transport.class)
    void answersLikeCore(Transport transport) throws Exception {
        int cases = 0;
        try (NamedBackends backends = new NamedBackends();
                Stream<Path> files = Files.list(CASES).sorted()) {
            for (Path file : files.toList()) {
                cases += run(transport, backends, file);
            }
        }
        // Two cases tell of HTTP/2's :authority, which a line of HTTP/1.1 cannot carry.
        assertThat(cases).isGreaterThanOrEqualTo(345);
    }

    private static int run(Transport transport, NamedBackends backends, Path file) throws Exception {
        JsonNode root = JsonMapper.shared().readTree(file);
        List<Resource> resources = ManifestReader.strict()
                .read("manifests", root.get("manifests").asString())
                .resources();
        Gateway gateway = gateway(root, resources, backends);
        Map<String, String> portNames = portNames(resources);
        int cases = 0;
        try (Transport.Running running =
                transport.start(gateway, new Listeners(InetAddress.getLoopbackAddress(), 0, 0, null))) {
            for (JsonNode c : root.get("cases")) {
                if (!c.path("headers").has(":authority")) {
                    check(file, c, portNames, running);
                    cases++;
                }
            }
        }
        return cases;
    }

    private static void check(Path file, JsonNode c, Map<String, String> portNames, Transport.Running running)
            throws Exception {
        String name = file.getFileName() + ": " + c.get("name").asString();
        JsonNode expect = c.get("expect");
        String answer = ask(c, running);
        String status = answer.split(" ", 3)[1];
        if (expect.has("service")) {
            String port = portNames.get(expect.get("service").asString());
            assertThat(header(answer, "X-port-of")).as("%s: %s", name, answer).isEqualTo(port);
            if (expect.has("upstreamPath")) {
                assertThat(header(answer, "X-target").split("\\?", 2)[0])
                        .as(name)
                        .isEqualTo(expect.get("upstreamPath").asString());
            }
        } else if (expect.has("redirect")) {
            JsonNode redirect = expect.get("redirect");
            List<String> locations = new ArrayList<>();
            locations.add(redirect.get("location").asString());
            redirect.path("locationAlt").forEach(alt -> locations.add(alt.asString()));
            assertThat(status).as(name).isEqualTo(redirect.get("status").asString());
            assertThat(header(answer, "Location")).as(name).isIn(locations);
        } else {
            String expected =
                    expect.has("default") ? "404" : expect.get("status").asString();
            assertThat(status).as("%s: %s", name, answer).isEqualTo(expected);
        }
    }

    private static String header(String answer, String name) {
        return answer.lines()
                .filter(line -> line.startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2))
                .findFirst()
                .orElse("");
    }

    private static String ask(JsonNode c, Transport.Running running) throws Exception {
        StringBuilder request = new StringBuilder(c.get("method").asString() + " ")
                .append(c.get("path").asString())
                .append(" HTTP/1.1\r\n");
        if (!c.get("host").isNull()) {
            request.append("Host: ").append(c.get("host").asString()).append("\r\n");
        }
        for (Map.Entry<String, JsonNode> header : c.path("headers").properties()) {
            request.append(header.getKey())
                    .append(": ")
                    .append(header.getValue().asString())
                    .append("\r\n");
        }
        request.append("Connection: close\r\n\r\n");
        boolean secure = c.get("scheme").asString().equals("https");
        int port = secure ? running.httpsPort() : running.httpPort();
        try (Socket socket = secure
                ? trusting().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)
                : new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static SSLContext trusting() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, io.netty.handler.ssl.util.InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        return context;
    }

    /** {@code namespace/service:number} to {@code namespace/service:name}, as the backends call themselves. */
    private static Map<String, String> portNames(List<Resource> resources) {
        Map<String, String> names = new HashMap<>();
        for (Resource r : resources) {
            if (r instanceof Service service) {
                String path = service.metadata().path();
                service.ports().forEach(p -> names.put(path + ":" + p.port(), path + ":" + p.name()));
            }
        }
        return names;
    }

    private static Gateway gateway(JsonNode root, List<Resource> read, NamedBackends backends) throws IOException {
        List<Resource> resources = new ArrayList<>();
        for (Resource r : read) {
            resources.add(r instanceof EndpointSlice slice ? backends.stand(slice) : r);
        }
        JsonNode s = root.path("settings");
        Settings settings = Settings.DEFAULT
                .withControllers(Set.of(s.path("controller").asString("ingress.example.com/embedded")))
                .withClassAnnotation(s.path("classAnnotation").asString("embedded"))
                .withWithoutClass(s.path("withoutClass").asString("accept").equals("accept"))
                .with(Map.of("ssl-redirect", s.path("sslRedirect").asString("false")));
        return Gateway.builder()
                .settings(settings)
                .defaultIdentity(GeneratedCertificates.standIn())
                .resources(ResourceSet.of(resources))
                .build();
    }
}
