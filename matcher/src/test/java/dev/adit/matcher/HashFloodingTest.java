package dev.adit.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whoever knows the code, but not the secrets of a process, looks for rules and requests that meet in a table. They climb: texts are changed at
 * random, and kept if they meet more often under secrets of their own. What they found is then tried under those of a process that they
 * do not know. Counted are the steps of a look-up: words of text and slots of the table.
 *
 * <p>Secrets are drawn from seeds here, each in a copy of {@link Words} of its own, so that every run of a seed is the same.
 */
class HashFloodingTest {
    /** As full as the tables are: half. */
    private static final int SLOTS_PER_NAME = 2;

    private static final int NAMES = 256;
    private static final int MUTATIONS = 800;
    private static final int OWN_PROCESSES = 3;
    private static final int VICTIMS = 8;
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-._~";

    /** A process, as far as hashes matter. */
    private static final class Process {
        private final Method hash;
        private final Map<String, Long> known = new HashMap<>();

        Process(long seed) {
            try {
                Class<?> words = new Copies().copy(Words.class);
                Field secrets = words.getDeclaredField("SECRETS");
                secrets.setAccessible(true);
                long[] drawn = (long[]) secrets.get(null);
                Random random = new Random(seed);
                Arrays.setAll(drawn, i -> random.nextLong());
                hash = words.getDeclaredMethod("hash", byte[].class, int.class, int.class);
                hash.setAccessible(true);
            } catch (ReflectiveOperationException | IOException e) {
                throw new IllegalStateException(e);
            }
        }

        long hash(String text) {
            return known.computeIfAbsent(text, this::hashed);
        }

        private long hashed(String text) {
            byte[] padded = Arrays.copyOf(text.getBytes(StandardCharsets.ISO_8859_1), text.length() + 8);
            try {
                return (long) hash.invoke(null, padded, 0, text.length());
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static final class Copies extends ClassLoader {
        Class<?> copy(Class<?> original) throws IOException {
            String file = original.getName().replace('.', '/') + ".class";
            try (InputStream in = original.getClassLoader().getResourceAsStream(file)) {
                byte[] code = in.readAllBytes();
                return defineClass(original.getName(), code, 0, code.length);
            }
        }
    }

    /**
     * Where a table begins to look: by the highest bits of the hash's upper half, as tables of paths do, by its lowest bits, as tables of hosts choose a
     * page, or by the lower half, whose lowest byte is the tag of a host.
     */
    private enum Place {
        UPPER {
            @Override
            int slot(long hash, int slots) {
                return (int) ((hash >>> 32) * slots >>> 32);
            }
        },
        PAGE {
            @Override
            int slot(long hash, int slots) {
                return (int) (hash >>> 32) & slots - 1;
            }
        },
        LOWER {
            @Override
            int slot(long hash, int slots) {
                return (int) hash & slots - 1;
            }
        };

        abstract int slot(long hash, int slots);
    }

    /** What a process makes of some names. */
    private static final class Table {
        private final Process process;
        private final Place place;
        private final String[] slots;

        Table(Process process, Place place, List<String> names) {
            this.process = process;
            this.place = place;
            slots = new String[Integer.highestOneBit(SLOTS_PER_NAME * names.size())];
            for (String name : names) {
                int slot = place.slot(process.hash(name), slots.length);
                while (slots[slot] != null) {
                    slot = slot + 1 & slots.length - 1;
                }
                slots[slot] = name;
            }
        }

        /** How many slots are looked at for a name. */
        int probes(String name) {
            int probes = 1;
            int slot = place.slot(process.hash(name), slots.length);
            for (; slots[slot] != null && !slots[slot].equals(name); probes++) {
                slot = slot + 1 & slots.length - 1;
            }
            return probes;
        }

        double average(List<String> names) {
            return names.stream().mapToInt(this::probes).average().orElseThrow();
        }

        /** The steps of one look-up: words that are hashed or compared, and slots. */
        int steps(String name) {
            int words = name.length() / 8 + 1;
            return 2 * words + probes(name);
        }
    }

    @Property(tries = 6, seed = "42", edgeCases = EdgeCasesMode.NONE)
    void whatMeetsUnderOneSecretDoesNotUnderAnother(@ForAll @IntRange(max = 1_000_000) int seed, @ForAll Place place) {
        Random random = new Random(seed);
        List<Process> own = processes(OWN_PROCESSES, random);
        List<String> start = family(random);
        List<String> names = climb(own, start, place, random);
        assertThat(average(own, names, place))
                .as("slots for each look-up under secrets that are known: the search finds what it looks for")
                .isGreaterThan(1.5 * average(own, start, place));
        List<String> requests = new ArrayList<>(names);
        names.forEach(name -> requests.add(mutant(name, names.get(random.nextInt(NAMES)), random)));
        for (Process victim : processes(VICTIMS, random)) {
            Table table = new Table(victim, place, names);
            assertThat(table.average(names)).as("as if they were drawn by lot").isLessThan(2.5);
            int[] steps = requests.stream().mapToInt(table::steps).sorted().toArray();
            assertThat(steps[steps.length - 1])
                    .as("the dearest look-up beside the median of %d", steps[steps.length / 2])
                    .isLessThanOrEqualTo(5 * steps[steps.length / 2]);
        }
    }

    /** What people number needs no attacker: where names differ in half a word alone, the sums of NH stand in a lattice. */
    @ParameterizedTest
    @CsvSource({"/tenant/api/%08d", "/item/%d", "/tenant/aap/x%07d", "/tenant/%06dabcde", "h%d.example.com"})
    void numberedNamesAreSpreadAsIfDrawnByLot(String format) {
        List<String> names =
                IntStream.range(0, NAMES).mapToObj(format::formatted).collect(Collectors.toList());
        for (Process process : processes(100, new Random(42))) {
            for (Place place : Place.values()) {
                assertThat(new Table(process, place, names).average(names)).isLessThan(2.5);
            }
        }
    }

    private static List<Process> processes(int count, Random random) {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            processes.add(new Process(random.nextLong()));
        }
        return processes;
    }

    private static double average(List<Process> processes, List<String> names, Place place) {
        return processes.stream()
                .mapToDouble(process -> new Table(process, place, names).average(names))
                .average()
                .orElseThrow();
    }

    private static List<String> family(Random random) {
        Set<String> names = new LinkedHashSet<>();
        int family = random.nextInt(3);
        for (int i = 0; names.size() < NAMES; i++) {
            names.add(
                    switch (family) {
                        case 0 -> "/" + word(random, 4 + random.nextInt(30)); // anything
                        case 1 -> "/a/" + "b".repeat(i % 64) + "/" + i; // other lengths
                        default -> "/x".repeat(1 + i % 16) + word(random, 3); // few letters, many words
                    });
        }
        return new ArrayList<>(names);
    }

    private static String word(Random random, int length) {
        StringBuilder word = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            word.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return word.toString();
    }

    private static List<String> climb(List<Process> own, List<String> start, Place place, Random random) {
        List<String> best = start;
        double height = average(own, best, place);
        for (int i = 0; i < MUTATIONS; i++) {
            List<String> changed = new ArrayList<>(best);
            int at = random.nextInt(changed.size());
            String mutant = mutant(changed.get(at), changed.get(random.nextInt(changed.size())), random);
            if (changed.contains(mutant)) {
                continue;
            }
            changed.set(at, mutant);
            double reached = average(own, changed, place);
            if (reached >= height) {
                best = changed;
                height = reached;
            }
        }
        return best;
    }

    /** Another letter, a word from another name at the same place, or one letter more. */
    private static String mutant(String name, String other, Random random) {
        StringBuilder mutant = new StringBuilder(name);
        int at = random.nextInt(name.length());
        char letter = LETTERS.charAt(random.nextInt(LETTERS.length()));
        switch (random.nextInt(3)) {
            case 0 -> mutant.setCharAt(at, letter);
            case 1 ->
                mutant.replace(
                        at & ~7,
                        Math.min(name.length(), (at & ~7) + 8),
                        other.length() > (at & ~7)
                                ? other.substring(at & ~7, Math.min(other.length(), (at & ~7) + 8))
                                : "");
            default -> mutant.insert(at, letter);
        }
        return mutant.toString();
    }
}
