package dev.adit.tck;

import dev.adit.Gateway;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/**
 * The judge: extend it in a test of your transport, and every case of this module is tried on that.
 *
 * <pre>{@code
 * class MyTransportTest extends TransportTck {
 *     @Override
 *     protected RunningTransport start(Gateway gateway, TckOptions options) {
 *         MyTransport transport = new MyTransport(gateway, options.headerBytes(), ...).start();
 *         return new RunningTransport(transport.port(), -1, transport::close);
 *     }
 *
 *     @Override
 *     protected Set<Capability> lacks() {
 *         return Set.of(Capability.TLS);
 *     }
 * }
 * }</pre>
 *
 * No case is skipped. Those that need a lacking capability are tried until one fails; that and the rest count as declared
 * gaps. If none fails, the declaration is wrong, and that fails. The last test compares the conformance table with
 * {@link #page}. The system property {@code tck.case} restricts a run to cases whose topic and name match that regular
 * expression, and then no table is compared; {@code tck.update} writes the table.
 */
public abstract class TransportTck {
    private static final String ONLY = "tck.case";
    private static final String UPDATE = "tck.update";
    private static final String BEGIN = "<!-- conformance -->\n";
    private static final String END = "<!-- /conformance -->\n";

    /** For subclasses. */
    protected TransportTck() {}

    /**
     * Starts the transport on trial on ports of its choice of the loopback address. Called several times, with different
     * options; several transports may run at a time.
     */
    protected abstract RunningTransport start(Gateway gateway, TckOptions options) throws Exception;

    /** What the transport cannot do. Default: nothing. */
    protected Set<Capability> lacks() {
        return Set.of();
    }

    /**
     * The Markdown page with the transport's conformance table, between {@code <!-- conformance -->} and
     * {@code <!-- /conformance -->}. Default: {@code README.md} of the module.
     */
    protected Path page() {
        return Path.of("README.md");
    }

    /** Every case, then what is left when the transport is closed, then the table. */
    @TestFactory
    protected final Stream<DynamicNode> judge() throws IOException {
        String only = System.getProperty(ONLY, "");
        List<Case> cases = CaseFile.all().stream()
                .filter(one -> only.isEmpty() || one.toString().matches(only))
                .toList();
        Session session = new Session(this::start, lacks(), cases);
        List<DynamicNode> nodes = new ArrayList<>();
        Map<String, List<DynamicNode>> topics = new LinkedHashMap<>();
        for (Case one : cases) {
            URI source = URI.create("classpath:/dev/adit/tck/cases/" + one.file() + "?line=" + one.line());
            topics.computeIfAbsent(one.topic(), key -> new ArrayList<>())
                    .add(DynamicTest.dynamicTest(one.name(), source, () -> session.judge(one)));
        }
        topics.forEach((topic, tests) -> nodes.add(DynamicContainer.dynamicContainer(topic, tests)));
        if (!lacks().contains(Capability.TLS)) {
            add(nodes, only, Renewals.NAME, () -> new Renewals(this::start).run());
            add(nodes, only, HandshakeLimits.NAME, () -> HandshakeLimits.run(this::start));
            add(nodes, only, ServerNames.NAME, () -> ServerNames.run(this::start));
        }
        add(nodes, only, ConnectionLimits.NAME, () -> {
            ConnectionLimits.run(this::start, !lacks().contains(Capability.HTTP_2_UPSTREAMS));
        });
        nodes.add(DynamicTest.dynamicTest("closing leaves no socket and no thread", session::closeAll));
        if (only.isEmpty()) {
            nodes.add(DynamicTest.dynamicTest("what is lacking is declared rightly", session::checkDeclared));
            nodes.add(DynamicTest.dynamicTest("the conformance table is up to date", () -> compare(session)));
        }
        return nodes.stream().onClose(session::end);
    }

    private static void add(List<DynamicNode> nodes, String only, String name, Executable test) {
        if (only.isEmpty() || name.matches(only)) {
            nodes.add(DynamicTest.dynamicTest(name, test));
        }
    }

    private void compare(Session session) throws IOException {
        String table = session.table();
        System.Logger log = System.getLogger(TransportTck.class.getName());
        log.log(System.Logger.Level.INFO, "{0}\n{1}", getClass().getSimpleName(), table);
        String page = Files.readString(page());
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new AssertionError(page() + " has no region between " + BEGIN + "and " + END);
        }
        String expected = page.substring(0, begin + BEGIN.length()) + table + page.substring(end);
        if (Boolean.getBoolean(UPDATE)) {
            Files.writeString(page(), expected);
        } else if (!expected.equals(page)) {
            throw new AssertionError("the conformance table in " + page() + " is not this one (run with -D" + UPDATE
                    + "=true to write it):\n" + table);
        }
    }
}
