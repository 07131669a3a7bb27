package dev.adit.house;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The arrows between the rooms of the house: every package names those of ours it may use, and all point inward.
 *
 * <pre>
 * standalone -> sources, netty, undertow, jetty -> core -> matcher, balancer, tls;  tls -> matcher
 * tck -> core; only tests of transports use it
 *
 * core:  dev.adit -> compile -> annotation -> manifest -> diagnostic
 *            |          |
 *            +----------+-> exchange -> route -> policy
 *                             ^
 *                            wire, for netty, jetty and undertow only
 * </pre>
 */
class ArchitectureTest {
    private static final String ROOT = "dev.adit";

    private static final Set<String> LEAVES = Set.of("dev.adit.matcher", "dev.adit.balancer", "dev.adit.tls");

    /** What adapters may use of us: exactly the packages that core exports to everybody, and the leaf libraries. */
    private static final Set<String> CORE_AND_LEAVES = Set.of(
            "dev.adit",
            "dev.adit.diagnostic",
            "dev.adit.exchange",
            "dev.adit.manifest",
            "dev.adit.policy",
            "dev.adit.route",
            "dev.adit.matcher",
            "dev.adit.balancer",
            "dev.adit.tls");

    /** What transports may use of us: also what reads HTTP/1.1 for all of them. */
    private static final Set<String> WIRE_TOO =
            Stream.concat(CORE_AND_LEAVES.stream(), Stream.of("dev.adit.wire")).collect(Collectors.toUnmodifiableSet());

    /** Package to the packages of ours it may use, besides itself. A package that is not listed may not exist. */
    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            Map.entry("dev.adit.matcher", Set.of()),
            Map.entry("dev.adit.balancer", Set.of()),
            Map.entry("dev.adit.tls", Set.of("dev.adit.matcher")),
            Map.entry("dev.adit.diagnostic", Set.of()),
            Map.entry("dev.adit.collection", Set.of()),
            Map.entry("dev.adit.manifest", Set.of("dev.adit.collection", "dev.adit.diagnostic")),
            Map.entry("dev.adit.policy", Set.of("dev.adit.matcher", "dev.adit.balancer", "dev.adit.tls")),
            Map.entry(
                    "dev.adit.route",
                    Set.of("dev.adit.policy", "dev.adit.matcher", "dev.adit.balancer", "dev.adit.tls")),
            Map.entry(
                    "dev.adit.annotation",
                    Set.of("dev.adit.manifest", "dev.adit.policy", "dev.adit.diagnostic", "dev.adit.tls")),
            Map.entry(
                    "dev.adit.exchange",
                    Set.of(
                            "dev.adit.route",
                            "dev.adit.policy",
                            "dev.adit.matcher",
                            "dev.adit.balancer",
                            "dev.adit.tls")),
            Map.entry(
                    "dev.adit.compile",
                    Set.of(
                            "dev.adit.annotation",
                            "dev.adit.collection",
                            "dev.adit.manifest",
                            "dev.adit.diagnostic",
                            "dev.adit.exchange", // what is matched is what is forwarded: one reading of paths
                            "dev.adit.policy",
                            "dev.adit.route",
                            "dev.adit.matcher",
                            "dev.adit.balancer",
                            "dev.adit.tls")),
            Map.entry(
                    "dev.adit",
                    Set.of(
                            "dev.adit.compile",
                            "dev.adit.exchange",
                            "dev.adit.manifest",
                            "dev.adit.diagnostic",
                            "dev.adit.policy",
                            "dev.adit.route",
                            "dev.adit.matcher",
                            "dev.adit.balancer",
                            "dev.adit.tls")),
            Map.entry(
                    "dev.adit.wire",
                    Set.of("dev.adit.exchange", "dev.adit.route", "dev.adit.policy", "dev.adit.balancer")),
            Map.entry("dev.adit.netty", WIRE_TOO),
            Map.entry("dev.adit.undertow", WIRE_TOO),
            Map.entry("dev.adit.jetty", WIRE_TOO),
            Map.entry("dev.adit.sources", CORE_AND_LEAVES),
            Map.entry("dev.adit.tck", CORE_AND_LEAVES),
            Map.entry(
                    "dev.adit.standalone",
                    Stream.concat(
                                    CORE_AND_LEAVES.stream(),
                                    Stream.of(
                                            "dev.adit.netty",
                                            "dev.adit.undertow",
                                            "dev.adit.jetty",
                                            "dev.adit.sources"))
                            .collect(Collectors.toUnmodifiableSet())));

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    @Test
    void everyPackageHasItsPlace() {
        Set<String> found = new TreeSet<>();
        OURS.forEach(c -> found.add(c.getPackageName()));
        assertThat(found).isEqualTo(new TreeSet<>(ARROWS.keySet()));
    }

    static Stream<String> packages() {
        return ARROWS.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void everyArrowPointsInward(String name) {
        Set<String> allowed = ARROWS.getOrDefault(name, Set.of());
        noClasses()
                .that()
                .resideInAPackage(name)
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are ours outside " + name + " and " + new TreeSet<>(allowed),
                        c -> isOurs(c) && !c.getPackageName().equals(name) && !allowed.contains(c.getPackageName())))
                .allowEmptyShould(true)
                .check(OURS);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.(**)").should().beFreeOfCycles().check(OURS);
    }

    @Test
    void leafLibrariesNeedNothingButTheJdk() {
        classes()
                .that(DescribedPredicate.describe("are in a leaf library", c -> LEAVES.contains(c.getPackageName())))
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.describe(
                        "are ours or of java.base and its neighbours",
                        c -> isOurs(c) || isOfThe("java", c) || isOfThe("javax", c) || isOfThe("org.jspecify", c)))
                .check(OURS);
    }

    @Test
    void onlyTheReaderSeesJacksonAndSnakeYaml() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.adit.manifest", "dev.adit.standalone")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("tools.jackson..", "com.fasterxml..", "org.yaml..")
                .check(OURS);
    }

    @Test
    void onlyATransportSeesItsServer() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.adit.netty", "dev.adit.undertow", "dev.adit.jetty", "dev.adit.standalone")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..", "org.eclipse.jetty..", "io.undertow..")
                .check(OURS);
    }

    @Test
    void coreStartsNoThreadAndOpensNoSocket() {
        noClasses()
                .that(DescribedPredicate.describe(
                        "are in core",
                        c -> isOurs(c) && !LEAVES.contains(c.getPackageName()) && !isAdapter(c.getPackageName())))
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.Thread")
                .orShould()
                // Calls, not mentions: a JSSE key manager's signature names Socket.
                .callCodeUnitWhere(target(owner(nameMatching("java\\.net\\.(Server|Datagram|Multicast)?Socket"))))
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("java.nio.channels..", "java.net.http..")
                .check(OURS);
    }

    private static boolean isAdapter(String name) {
        return Set.of(
                        "dev.adit.netty",
                        "dev.adit.undertow",
                        "dev.adit.jetty",
                        "dev.adit.sources",
                        "dev.adit.tck",
                        "dev.adit.standalone")
                .contains(name);
    }

    private static boolean isOurs(JavaClass c) {
        return isOfThe(ROOT, c);
    }

    private static boolean isOfThe(String root, JavaClass c) {
        String name = c.getPackageName();
        // Primitive types and arrays of them have no package.
        return name.isEmpty() ? !root.equals(ROOT) : name.equals(root) || name.startsWith(root + ".");
    }
}
