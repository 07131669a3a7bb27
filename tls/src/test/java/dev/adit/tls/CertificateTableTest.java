package dev.adit.tls;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateTableTest {
    private static final Identity SHOP = Identities.ecdsa("shop", "shop.test");
    private static final Identity OTHER = Identities.ecdsa("other", "shop.test", "*.shop.test", "other.test");
    private static final Identity DEFAULT = Identities.ecdsa("default", "default.test");

    @Test
    void theEmptyTableKnowsNobody() {
        assertThat(CertificateTable.EMPTY.find("shop.test")).isNull();
        assertThat(CertificateTable.EMPTY.find(null)).isNull();
        assertThat(CertificateTable.EMPTY.defaultIdentity()).isNull();
        assertThat(CertificateTable.EMPTY.identities()).isEmpty();
    }

    @Test
    void closedNamesGetNobody() {
        CertificateTable table = CertificateTable.builder()
                .host("shop.test", SHOP)
                .names(OTHER)
                .defaultIdentity(DEFAULT)
                .build()
                .closedTo(name -> name.equals("shop.test") || name.equals("b.test"))
                .withPolicies(Map.of("shop.test", TlsPolicy.MODERN))
                .withPolicies(Map.of());
        for (String closed : List.of("shop.test", "SHOP.test.", "b.test")) {
            assertThat(table.find(closed)).isNull();
            assertThat(table.find(closed, "EC")).isNull();
        }
        assertThat(table.find("other.test")).isSameAs(OTHER);
        assertThat(table.find("c.test")).isSameAs(DEFAULT);
        assertThat(table.find(null)).isSameAs(DEFAULT);
    }

    @Test
    void theEarlierEntryOfANameWins() {
        CertificateTable table = CertificateTable.builder()
                .host("shop.test", SHOP)
                .host("SHOP.test.", OTHER)
                .hostWithDefault("shop.test")
                .names(OTHER)
                .names(SHOP)
                .build();
        assertThat(table.find("shop.test")).isSameAs(SHOP);
    }

    @Test
    void aNameMayHaveOneIdentityOfEveryKind() {
        Identity rsa = Identities.of(Algorithm.rsa2048, "rsa", "shop.test", "rsa.test");
        Identity rsaLater = Identities.of(Algorithm.rsa2048, "rsa later", "shop.test", "rsa.test");
        CertificateTable table = CertificateTable.builder()
                .host("shop.test", SHOP)
                .host("shop.test", rsa)
                .host("shop.test", rsaLater)
                .names(rsaLater)
                .hostWithDefault("plain.test")
                .host("plain.test", rsa)
                .build();
        assertThat(table.find("shop.test")).isSameAs(SHOP);
        assertThat(table.find("shop.test", "EC")).isSameAs(SHOP);
        assertThat(table.find("shop.test", "RSA")).isSameAs(rsa);
        assertThat(table.find("shop.test", "EdDSA")).isNull();
        assertThat(table.find("rsa.test", "RSA")).isSameAs(rsaLater);
        assertThat(table.find("plain.test", "RSA")).isNull();
        assertThat(table.identities()).containsExactly(SHOP, rsa, rsaLater);
    }

    @Test
    void internationalNamesAreTheirALabels() {
        Identity shop = Identities.ecdsa("idn", "xn--bcher-kva.test");
        CertificateTable table = CertificateTable.builder()
                .names(shop)
                .host("*.XN--BCHER-KVA.test", OTHER)
                .build();
        assertThat(table.find("XN--bcher-kva.test.")).isSameAs(shop);
        assertThat(table.find("www.xn--bcher-kva.test")).isSameAs(OTHER);
    }

    @Test
    void aHostWithDefaultIsServedByNothingElse() {
        CertificateTable.Builder builder = CertificateTable.builder()
                .hostWithDefault("plain.shop.test")
                .hostWithDefault("other.test")
                .host("*.shop.test", OTHER)
                .names(OTHER);
        assertThat(builder.build().find("plain.shop.test")).isNull();
        CertificateTable table = builder.defaultIdentity(DEFAULT).build();
        assertThat(table.find("plain.shop.test")).isSameAs(DEFAULT);
        assertThat(table.find("other.test")).isSameAs(DEFAULT);
        assertThat(table.find("x.shop.test")).isSameAs(OTHER);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                ".shop.test",
                "shop..test",
                "shop.test..",
                "*.shop.test",
                "shop.test:443",
                "shop test",
                "shop\u0000.test",
                "sh\u00f6p.test",
                "\u0130.shop.test",
                "../shop.test"
            })
    void whatIsNoDnsNameCountsAsNone(@Nullable String serverName) {
        CertificateTable table = CertificateTable.builder()
                .host("shop.test", SHOP)
                .host("*.shop.test", OTHER)
                .defaultIdentity(DEFAULT)
                .build();
        assertThat(table.find(serverName)).isSameAs(DEFAULT);
    }

    @Test
    void namesHaveTheLengthsOfTheDns() {
        String label = "a".repeat(63);
        String longest = String.join(".", label, label, label, "a".repeat(61));
        CertificateTable table = CertificateTable.builder()
                .host(longest, SHOP)
                .host("b" + longest, SHOP)
                .host(label + "a.test", SHOP)
                .defaultIdentity(DEFAULT)
                .build();
        assertThat(longest).hasSize(253);
        assertThat(table.find(longest + ".")).isSameAs(SHOP);
        assertThat(table.find("b" + longest)).isSameAs(DEFAULT);
        assertThat(table.find(label + "a.test")).isSameAs(DEFAULT);
    }

    @Test
    void aHostThatNobodyCanAskForIsTakenAndMatchesNothing() {
        CertificateTable table = CertificateTable.builder()
                .host("*.*.test", SHOP)
                .host("not a host", SHOP)
                .hostWithDefault("")
                .build();
        assertThat(table.find("a.b.test")).isNull();
        assertThat(table.find("")).isNull();
    }

    @Test
    void everyIdentityIsListedOnceAndTheDefaultLast() {
        CertificateTable table = CertificateTable.builder()
                .defaultIdentity(DEFAULT)
                .host("shop.test", SHOP)
                .host("www.shop.test", SHOP)
                .names(OTHER)
                .names(SHOP)
                .build();
        assertThat(table.identities()).containsExactly(SHOP, OTHER, DEFAULT);
        assertThat(table.withFingerprint(OTHER.fingerprint())).isSameAs(OTHER);
        assertThat(table.withFingerprint("no such")).isNull();
    }

    @Test
    void aTableDoesNotChangeWithItsBuilder() {
        CertificateTable.Builder builder = CertificateTable.builder().host("shop.test", SHOP);
        CertificateTable table = builder.build();
        builder.host("other.test", OTHER).defaultIdentity(DEFAULT);
        assertThat(table.find("other.test")).isNull();
        assertThat(table.identities()).containsExactly(SHOP);
    }

    @Test
    void findingANameInLowerCaseAllocatesNothing() {
        CertificateTable table = CertificateTable.builder()
                .host("shop.test", SHOP)
                .host("*.shop.test", SHOP)
                .names(OTHER)
                .defaultIdentity(DEFAULT)
                .build();
        String[] names = {"shop.test", "www.shop.test", "other.test", "a.b.c.test", "not legal", null};
        assertAllocatesNothing(i -> table.find(names[i % names.length]));
        byte[] hello = "shop.test www.shop.test other.test a.b.c.test".getBytes(StandardCharsets.ISO_8859_1);
        int[] starts = {0, 10, 24, 35, hello.length + 1};
        assertAllocatesNothing(i -> table.find(hello, starts[i % 4], starts[i % 4 + 1] - 1 - starts[i % 4]));
    }

    private static void assertAllocatesNothing(IntFunction<@Nullable Identity> find) {
        int calls = 10_000;
        for (int i = 0; i < calls; i++) {
            find.apply(i);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < calls; i++) {
            find.apply(i);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        // One object per call would be 160 000 octets at the least; the measuring itself may cost a few.
        assertThat(allocated).isLessThan(calls);
    }

    @Property(tries = 200)
    void findsWhatTheRulesSayReadOneByOne(
            @ForAll("entries") List<Entry> entries,
            @ForAll boolean withDefault,
            @ForAll("queries") List<String> queries) {
        CertificateTable.Builder builder = CertificateTable.builder().defaultIdentity(withDefault ? DEFAULT : null);
        entries.forEach(entry -> entry.addTo(builder));
        CertificateTable table = builder.build();
        for (String query : queries) {
            assertThat(table.find(query)).as(query).isSameAs(naive(entries, withDefault ? DEFAULT : null, query));
            assertThat(findInBytes(table, query)).as(query).isSameAs(table.find(query));
        }
    }

    private static @Nullable Identity findInBytes(CertificateTable table, String name) {
        byte[] text = ("<" + name + ">").getBytes(StandardCharsets.ISO_8859_1);
        return table.find(text, 1, name.length());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "shop.test",
                "SHOP.test.",
                "www.shop.test",
                "w!w.shop.test",
                "*.shop.test",
                ".shop.test",
                "a..shop.test",
                "w\u00fcw.shop.test",
                "",
                ".",
                "x.closed.test",
                "X.closed.test"
            })
    void bytesAreReadAsStringsAre(String name) {
        CertificateTable open = CertificateTable.builder()
                .host("shop.test", SHOP)
                .host("*.shop.test", OTHER)
                .host("*.closed.test", OTHER)
                .defaultIdentity(DEFAULT)
                .build();
        CertificateTable closed = open.closedTo("x.closed.test"::equals);
        assertThat(findInBytes(open, name)).isSameAs(open.find(name));
        assertThat(findInBytes(closed, name)).isSameAs(closed.find(name));
        String longest = "w".repeat(64) + "." + name;
        assertThat(findInBytes(open, longest)).isSameAs(open.find(longest));
    }

    @Test
    void aTableThatIsClosedToANameHasNoIdentityForItsBytes() {
        CertificateTable table =
                CertificateTable.builder().host("shop.test", SHOP).build().closedTo("shop.test"::equals);
        assertThat(findInBytes(table, "shop.test")).isNull();
        assertThat(findInBytes(table, "SHOP.test")).isNull();
    }

    /** The order of steps as the manual says it, one linear search per step. */
    private static @Nullable Identity naive(List<Entry> entries, @Nullable Identity otherwise, String query) {
        String name = query.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
        String wildcard = name.replaceFirst("^[^.]+\\.", "*.");
        for (String asked : List.of(name, wildcard)) {
            for (Entry entry : entries) {
                if (entry.host != null && entry.host.equals(asked)) {
                    return entry.identity == null ? otherwise : entry.identity;
                }
            }
        }
        for (String asked : List.of(name, wildcard)) {
            for (Entry entry : entries) {
                if (entry.host == null
                        && entry.identity != null
                        && entry.identity.dnsNames().contains(asked)) {
                    return entry.identity;
                }
            }
        }
        return otherwise;
    }

    /** @param host null = the names of the identity; @param identity null = the default */
    record Entry(@Nullable String host, @Nullable Identity identity) {
        void addTo(CertificateTable.Builder builder) {
            if (host == null) {
                builder.names(identity);
            } else if (identity == null) {
                builder.hostWithDefault(host);
            } else {
                builder.host(host, identity);
            }
        }
    }

    private static final List<String> NAMES =
            List.of("a.test", "b.a.test", "c.a.test", "*.a.test", "c.b.a.test", "*.b.a.test", "*.test", "test");

    private static final List<Identity> POOL = pool();

    private static List<Identity> pool() {
        List<Identity> pool = new ArrayList<>();
        for (int i = 0; i < NAMES.size(); i++) {
            pool.add(Identities.ecdsa("i" + i, NAMES.get(i), NAMES.get((i + 3) % NAMES.size())));
        }
        return pool;
    }

    @Provide
    Arbitrary<List<Entry>> entries() {
        Arbitrary<Entry> hosts = Combinators.combine(
                        Arbitraries.of(NAMES), Arbitraries.of(POOL).injectNull(0.3))
                .as(Entry::new);
        Arbitrary<Entry> names = Arbitraries.of(POOL).map(identity -> new Entry(null, identity));
        return Arbitraries.oneOf(hosts, names).list().ofMaxSize(10);
    }

    @Provide
    Arbitrary<List<String>> queries() {
        return Arbitraries.of("a", "b", "c", "B", "test", "test")
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(labels -> String.join(".", labels))
                .flatMap(name -> Arbitraries.of(name, name + ".test", name + ".a.test", name + ".test."))
                .list()
                .ofSize(20);
    }
}
