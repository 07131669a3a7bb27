package dev.adit.tck;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the files that cases are written in. The module's README describes the format.
 *
 * <pre>
 * topic NAME
 *
 * case NAME                        a new case; indented lines belong to it
 *   for COLUMN | COLUMN            repeats the case for each row of the block
 *   | value | value
 *   needs, endpoints, manifest, settings, limits, policy ...
 *   STEP
 *   | block of the step
 * </pre>
 */
final class CaseFile {
    private static final String FOLDER = "/dev/adit/tck/cases/";
    private static final String INDEX = "index";

    private final String file;
    private final List<Case> cases = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private String topic = "";

    private CaseFile(String file) {
        this.file = file;
    }

    /** Every case of the judge, file by file, in the order of the index. */
    static List<Case> all() {
        List<Case> all = new ArrayList<>();
        for (String name : lines(INDEX)) {
            if (!name.isBlank()) {
                all.addAll(parse(name.strip(), lines(name.strip())));
            }
        }
        return all;
    }

    static List<Case> parse(String file, List<String> lines) {
        CaseFile parser = new CaseFile(file);
        parser.parse(lines);
        return List.copyOf(parser.cases);
    }

    private static List<String> lines(String name) {
        try (InputStream in = CaseFile.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException("no such resource: " + FOLDER + name);
            }
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void parse(List<String> lines) {
        String name = "";
        int start = 0;
        List<Step> body = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith("topic ")) {
                topic = line.substring("topic ".length()).strip();
            } else if (line.startsWith("case ")) {
                add(name, start, body);
                name = line.substring("case ".length()).strip();
                start = i + 1;
                body = new ArrayList<>();
            } else if (!line.startsWith("  ") || name.isEmpty() || isBlock(line)) {
                throw error(i + 1, "belongs to nothing: " + line);
            } else {
                List<String> block = new ArrayList<>();
                int at = i + 1;
                while (i + 1 < lines.size() && isBlock(lines.get(i + 1))) {
                    block.add(blockLine(lines.get(++i)));
                }
                body.add(new Step(at, line.strip(), block));
            }
        }
        add(name, start, body);
    }

    private static boolean isBlock(String line) {
        return line.stripLeading().startsWith("|");
    }

    private static String blockLine(String line) {
        String text = line.stripLeading().substring(1);
        return text.startsWith(" ") ? text.substring(1) : text;
    }

    private IllegalArgumentException error(int line, String what) {
        return new IllegalArgumentException(file + ":" + line + ": " + what);
    }

    private void add(String name, int line, List<Step> body) {
        if (name.isEmpty()) {
            return;
        }
        if (topic.isEmpty()) {
            throw error(line, "a case before the topic");
        }
        for (Map<String, String> row : rows(body)) {
            String filled = Text.fill(name, row);
            if (filled.equals(name) && !row.isEmpty()) {
                filled = name + ": " + String.join(", ", row.values());
            }
            if (!names.add(filled)) {
                throw error(line, "two cases have the name " + filled);
            }
            List<Step> steps = body.stream()
                    .filter(step -> !step.text().startsWith("for "))
                    .map(step -> new Step(
                            step.line(),
                            Text.fill(step.text(), row),
                            step.block().stream()
                                    .map(text -> Text.fill(text, row))
                                    .toList()))
                    .toList();
            cases.add(build(filled, line, steps));
        }
    }

    private List<Map<String, String>> rows(List<Step> body) {
        for (Step step : body) {
            if (step.text().startsWith("for ")) {
                String[] columns = step.text().substring("for ".length()).split(" \\| ");
                List<Map<String, String>> rows = new ArrayList<>();
                for (String line : step.block()) {
                    String[] values = line.split(" \\|( |$)", -1);
                    if (values.length != columns.length) {
                        throw error(step.line(), columns.length + " columns, but " + values.length + " in: " + line);
                    }
                    Map<String, String> row = new LinkedHashMap<>();
                    for (int i = 0; i < columns.length; i++) {
                        row.put(columns[i].strip(), values[i].strip());
                    }
                    rows.add(row);
                }
                return rows;
            }
        }
        return List.of(Map.of());
    }

    private Case build(String name, int line, List<Step> lines) {
        Set<Capability> needs = EnumSet.noneOf(Capability.class);
        List<String> endpoints = List.of("live");
        String manifest = Manifest.named("one");
        Map<String, String> settings = Map.of();
        Map<String, String> limits = Map.of();
        List<Policy> policies = new ArrayList<>();
        List<Step> steps = new ArrayList<>();
        for (Step step : lines) {
            String[] words = step.text().split(" ", 2);
            String rest = words.length > 1 ? words[1].strip() : "";
            switch (words[0]) {
                case "needs" -> {
                    for (String need : rest.split(",\\s*")) {
                        needs.add(Capability.valueOf(need));
                    }
                }
                case "endpoints" -> endpoints = List.of(rest.split("\\s+"));
                case "annotations" -> manifest = Manifest.annotated(options(step, rest));
                case "manifest" ->
                    manifest = step.block().isEmpty() ? Manifest.named(rest) : String.join("\n", step.block()) + "\n";
                case "settings" -> settings = options(step, rest);
                case "limits" -> limits = options(step, rest);
                case "policy" -> policies.add(Policy.of(rest));
                default -> steps.add(step);
            }
        }
        if (steps.isEmpty()) {
            throw error(line, "a case without steps");
        }
        return new Case(topic, file, line, name, needs, endpoints, manifest, settings, limits, policies, steps);
    }

    private Map<String, String> options(Step step, String text) {
        Map<String, String> options = new LinkedHashMap<>();
        for (String option : text.split("\\s+")) {
            String[] parts = option.split("=", 2);
            if (parts.length != 2) {
                throw error(step.line(), "no key=value: " + option);
            }
            options.put(parts[0], parts[1]);
        }
        return options;
    }
}
