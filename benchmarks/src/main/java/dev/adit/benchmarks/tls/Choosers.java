package dev.adit.benchmarks.tls;

import dev.adit.tls.CertificateTable;
import dev.adit.tls.Identity;
import dev.adit.tls.PemException;
import io.netty.util.DomainWildcardMappingBuilder;
import io.netty.util.Mapping;
import io.undertow.protocols.ssl.SNIContextMatcher;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Who takes part, by the name in the table. Who wants names in another form than bytes makes it, as its server does. */
public enum Choosers {
    /** The table of certificates. */
    ADIT(Choosers::adit),
    /** {@code SniHandler}'s map. */
    NETTY(Choosers::netty),
    /** The key manager that Jetty puts in front of that of the JDK. */
    JETTY(JettyChooser::new),
    /** {@code SNISSLContext}'s matcher. */
    UNDERTOW(Choosers::undertow),
    /** The floor: a hash map of exact names, and one of parents. */
    HASH_MAP(Choosers::hashMap);

    private final Function<ServerNames, Chooser> build;

    Choosers(Function<ServerNames, Chooser> build) {
        this.build = build;
    }

    /** How many certificates those that try one after another may look at before the clock runs: minutes. */
    private static final int LOOKS = 100_000_000;

    /** Builds one whose answers are those of the rules: to all names, or to as many as those can answer that try one certificate after another. */
    Chooser checked(ServerNames names) {
        Chooser chooser = build.apply(names);
        int checks = Math.min(names.asked.length, LOOKS / names.patterns.size());
        for (int query = 0; query < checks; query++) {
            String name = names.asked[query];
            int start = names.starts[query];
            Object choice = query % 2 == 0
                    ? chooser.choose(names.hellos, start, names.starts[query + 1] - start)
                    : chooser.choose(name);
            int answer = chooser.number(choice);
            int expected = names.expected(name);
            if (answer != expected) {
                throw new IllegalStateException(this + " answers " + name + " with " + answer + ", not " + expected);
            }
        }
        return chooser;
    }

    private static Chooser adit(ServerNames names) {
        List<Identity> identities = IntStream.range(0, names.patterns.size())
                .mapToObj(Choosers::identity)
                .toList();
        CertificateTable.Builder table = CertificateTable.builder();
        for (int i = 0; i < names.patterns.size(); i++) {
            table.host(names.patterns.get(i), identities.get(i));
        }
        CertificateTable built = table.build();
        return new Chooser() {
            @Override
            public @Nullable Object choose(byte[] hello, int from, int length) {
                return built.find(hello, from, length);
            }

            @Override
            public @Nullable Object choose(String name) {
                return built.find(name);
            }

            @Override
            public int number(@Nullable Object choice) {
                return choice instanceof Identity identity ? Integer.parseInt(identity.label()) : ServerNames.DEFAULT;
            }
        };
    }

    /** RSA, whose pairs are proved without a signature: a hundred thousand take seconds. */
    private static Identity identity(int number) {
        try {
            return Identity.fromPem(Integer.toString(number), resource("throwaway.crt"), resource("throwaway.key"));
        } catch (PemException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] resource(String name) {
        try (InputStream in = Choosers.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Chooser netty(ServerNames names) {
        DomainWildcardMappingBuilder<Integer> builder =
                new DomainWildcardMappingBuilder<>(names.patterns.size(), ServerNames.DEFAULT);
        for (int i = 0; i < names.patterns.size(); i++) {
            builder.add(names.patterns.get(i), i);
        }
        Mapping<? super String, Integer> mapping = builder.build();
        return numbers(mapping::map);
    }

    private static Chooser undertow(ServerNames names) {
        SNIContextMatcher.Builder builder =
                new SNIContextMatcher.Builder().setDefaultContext(new Numbered(ServerNames.DEFAULT));
        for (int i = 0; i < names.patterns.size(); i++) {
            // It takes regular expressions, and those with a star after all others.
            String regex = names.patterns.get(i).replace(".", "\\.").replace("*", "[^.]*");
            builder.addMatch(regex, new Numbered(i));
        }
        SNIContextMatcher matcher = builder.build();
        return new Chooser() {
            @Override
            public Object choose(String name) {
                return matcher.getContext(List.of(new SNIHostName(name)));
            }

            @Override
            public int number(@Nullable Object choice) {
                return ((Numbered) Objects.requireNonNull(choice)).number;
            }
        };
    }

    /** A context that is nothing but a number. */
    private static final class Numbered extends SSLContext {
        final int number;

        Numbered(int number) {
            super(null, null, Integer.toString(number));
            this.number = number;
        }
    }

    private static Chooser hashMap(ServerNames names) {
        Map<String, Integer> exact = new HashMap<>();
        Map<String, Integer> parents = new HashMap<>();
        for (int i = 0; i < names.patterns.size(); i++) {
            String pattern = names.patterns.get(i);
            if (pattern.startsWith("*.")) {
                parents.put(pattern.substring(1), i);
            } else {
                exact.put(pattern, i);
            }
        }
        return numbers(name -> {
            Integer found = exact.get(name);
            return found != null ? found : parents.getOrDefault(name.substring(name.indexOf('.')), ServerNames.DEFAULT);
        });
    }

    private static Chooser numbers(Function<String, Integer> choose) {
        return new Chooser() {
            @Override
            public Object choose(String name) {
                return choose.apply(name);
            }

            @Override
            public int number(@Nullable Object choice) {
                return (Integer) Objects.requireNonNull(choice);
            }
        };
    }
}
