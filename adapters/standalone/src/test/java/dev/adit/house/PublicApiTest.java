package dev.adit.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every library module keeps its public API in {@code api.txt}: a change of it is seen in review, never made by accident.
 * To accept a change, run this test with {@code -Dapi.update=true} and commit the files.
 */
class PublicApiTest {
    private static final String UPDATE = "api.update";

    /** Every module with a module descriptor is a library; so is one whose server has none to name in it. */
    static Stream<Path> libraries() {
        Stream<Path> described = Repository.files("src/main/java/module-info.java").stream()
                .map(p -> Repository.ROOT.relativize(p.resolve("../../../..").normalize()));
        return Stream.concat(described, Stream.of(Path.of("adapters/undertow")));
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void isAsAgreed(Path module) throws Exception {
        String now = api(module);
        Path file = Repository.ROOT.resolve(module).resolve("api.txt");
        if (Boolean.getBoolean(UPDATE)) {
            Files.writeString(file, now);
        }
        assertThat(file)
                .withFailMessage(() -> module + "/api.txt is missing; " + howToUpdate())
                .isRegularFile();
        assertThat(now.lines().toList())
                .withFailMessage(() -> "The public API of " + module + " is not that of " + module + "/api.txt:\n"
                        + difference(Repository.read(file), now) + "If that is meant, " + howToUpdate())
                .isEqualTo(Repository.read(file).lines().toList());
    }

    @Test
    void knowsEveryLibrary() {
        assertThat(libraries().map(Path::toString))
                .contains(
                        "matcher",
                        "balancer",
                        "tls",
                        "core",
                        "adapters/netty",
                        "adapters/undertow",
                        "adapters/jetty",
                        "adapters/sources");
    }

    private static String howToUpdate() {
        return "run: mvn -Pfast -pl adapters/standalone -am test -Dtest=PublicApiTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dapi.update=true\nand commit the changed api.txt";
    }

    private static String api(Path module) throws IOException, ClassNotFoundException {
        Path classes = Repository.ROOT.resolve(module).resolve("target/classes");
        Optional<ModuleDescriptor> descriptor =
                ModuleFinder.of(classes).findAll().stream().findFirst().map(ModuleReference::descriptor);
        List<String> lines = new ArrayList<>();
        lines.add(descriptor.map(d -> "module " + d.name()).orElse("no module"));
        for (String name : classNames(classes)) {
            int end = name.lastIndexOf('.');
            if (end > 0 && isExported(descriptor, name.substring(0, end))) {
                List<String> type =
                        PublicApi.describe(Class.forName(name, false, PublicApiTest.class.getClassLoader()));
                if (!type.isEmpty()) {
                    lines.add("");
                    lines.addAll(type);
                }
            }
        }
        return String.join("\n", lines) + "\n";
    }

    private static boolean isExported(Optional<ModuleDescriptor> descriptor, String packageName) {
        return descriptor.isEmpty()
                || descriptor.get().exports().stream()
                        .anyMatch(e -> !e.isQualified() && e.source().equals(packageName));
    }

    private static List<String> classNames(Path classes) throws IOException {
        try (Stream<Path> files = Files.walk(classes)) {
            List<String> names = files.map(p -> classes.relativize(p).toString().replace('\\', '/'))
                    .filter(e -> e.endsWith(".class") && !e.endsWith("-info.class"))
                    .map(e -> e.substring(0, e.length() - ".class".length()).replace('/', '.'))
                    .sorted()
                    .toList();
            assertThat(names).as("compiled classes in %s", classes).isNotEmpty();
            return names;
        }
    }

    /** Lines that only one side has; members under the header of their type. */
    private static String difference(String agreed, String now) {
        List<String> before = qualified(agreed);
        List<String> after = qualified(now);
        StringBuilder text = new StringBuilder();
        before.stream()
                .filter(l -> !after.contains(l))
                .forEach(l -> text.append("- ").append(l).append('\n'));
        after.stream()
                .filter(l -> !before.contains(l))
                .forEach(l -> text.append("+ ").append(l).append('\n'));
        return text.toString();
    }

    private static List<String> qualified(String api) {
        List<String> lines = new ArrayList<>();
        String header = "";
        for (String line : api.lines().toList()) {
            if (line.startsWith(" ")) {
                lines.add(header + " {" + line.strip() + "}");
            } else if (!line.isEmpty()) {
                header = line.replaceAll("\\(.*", "");
                lines.add(line);
            }
        }
        return lines;
    }
}
