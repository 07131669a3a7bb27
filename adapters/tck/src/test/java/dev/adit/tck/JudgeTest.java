package dev.adit.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.adit.Gateway;
import dev.adit.exchange.Exchange;
import dev.adit.exchange.Headers;
import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.Outcome;
import dev.adit.exchange.RequestHead;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The judge finds what is wrong, and nothing where nothing is. */
class JudgeTest {
    private static final String DATE = "Date: Tue, 15 Nov 1994 08:12:31 GMT\r\n";
    private static final String REFUSAL =
            "HTTP/1.1 400 Bad Request\r\n" + DATE + "Connection: close\r\nContent-Length: 0\r\n\r\n";
    private static final ExecutorService THREADS = Executors.newCachedThreadPool();

    @AfterAll
    static void end() {
        THREADS.shutdownNow();
    }

    /** Where {@link #relay} connects to. */
    private volatile int port;

    /** What cannot happen in a test: the judge waits for it, but no longer than it takes to see that it is not there. */
    private String never = "";

    /** What a transport answers to a request that has to be refused, and what the judge says to that. */
    record Wrong(String answer, String finding) {}

    static Stream<Wrong> wrongRefusals() {
        return Stream.of(
                new Wrong(REFUSAL.replace("Connection: close\r\n", ""), "expected Connection: [close]"),
                new Wrong(REFUSAL.replace("400", "200"), "expected 400"),
                new Wrong(REFUSAL.replace(DATE, ""), "one Date"),
                new Wrong(REFUSAL.replace(DATE, DATE + DATE), "one Date"),
                new Wrong(REFUSAL.replace("Date", " Date"), "field line"),
                new Wrong(REFUSAL.replace("Date:", "Date :"), "field line"),
                new Wrong(REFUSAL.replace("GMT\r\n", "GMT\n"), "ends with CR LF"),
                new Wrong(REFUSAL.replace("Length: 0", "Length: +0"), "Content-Length of digits"),
                new Wrong(REFUSAL.replace("Length: 0\r\n", "Length: 0\r\nContent-Length: 0\r\n"), "one Content-Length"),
                new Wrong(REFUSAL.replace("Length: 0", "Length: 0\r\nTransfer-Encoding: chunked"), "not both"),
                new Wrong(REFUSAL.replace("Content-Length: 0", "Transfer-Encoding: gzip"), "but chunked"),
                new Wrong(REFUSAL.replace("Content-Length: 0", "Upgrade: h2c\r\nContent-Length: 0"), "no Upgrade"),
                new Wrong(REFUSAL.replace("close", "close, X"), "no Connection option"),
                new Wrong(REFUSAL.replace("1.1 400", "1.0 400"), "a status line"),
                new Wrong(REFUSAL.replace(" Bad Request", ""), "a status line"),
                new Wrong(REFUSAL.replace("Length: 0", "Length: 5") + "abc", "in the middle of a message"),
                new Wrong(
                        REFUSAL.replace("Content-Length: 0", "Transfer-Encoding: chunked") + "1;a\r\nx\r\n",
                        "extensions"),
                new Wrong(REFUSAL + "more", "nothing more"),
                new Wrong("", "in the middle of a message"));
    }

    @ParameterizedTest
    @MethodSource("wrongRefusals")
    void findsWhatIsWrongWithARefusal(Wrong wrong) throws Exception {
        assertThat(finding("refused 400", client -> write(client, wrong.answer)))
                .contains(wrong.finding);
    }

    @Test
    void findsNothingWrongWithAProperRefusal() throws Exception {
        assertThat(finding("refused 400", client -> write(client, REFUSAL))).isEmpty();
    }

    @Test
    void findsAConnectionThatIsNotClosed() throws Exception {
        never = "the end of client 1";
        assertThat(finding("refused 400", client -> {
                    write(client, REFUSAL);
                    client.getInputStream().transferTo(OutputStream.nullOutputStream());
                }))
                .contains("waited in vain for: " + never);
    }

    @Test
    void findsAnExchangeThatIsNotClosed() throws Exception {
        never = "the end of every exchange";
        try (WrongTransport transport = new WrongTransport(client -> write(client, REFUSAL));
                Subject subject = subject(transport)) {
            assertThat(finding(subject, "refused 400", () -> open(subject.gateway)))
                    .contains("waited in vain for: " + never);
        }
    }

    @Test
    void findsWhatIsForwardedThoughItMustNotBe() throws Exception {
        try (WrongTransport transport = new WrongTransport(this::relay);
                Subject subject = subject(transport)) {
            assertThat(finding(subject, "refused 400", () -> port = endpoint(subject.gateway)))
                    .containsAnyOf("something was forwarded", "upstream 1 received more");
        }
    }

    @Test
    void findsWhatAnUpstreamMustNotBeTold() throws Exception {
        try (WrongTransport transport = new WrongTransport(this::relay);
                Subject subject = subject(transport)) {
            assertThat(finding(subject, "upstream receives GET /", () -> port = endpoint(subject.gateway)))
                    .contains("exactly one Host");
        }
    }

    @Test
    void waitsForAThreadThatEndsByItself() {
        Leftovers before = new Leftovers();
        CountDownLatch looking = new CountDownLatch(1);
        new Thread(looking::countDown, "ends by itself").start();
        assertThatCode(before::check).doesNotThrowAnyException();
        assertThat(looking.getCount()).isZero();
    }

    @Test
    void findsASocketThatIsLeft() throws Exception {
        Leftovers before = new Leftovers();
        try (WrongTransport transport = new WrongTransport(client -> write(client, REFUSAL))) {
            assertThat(transport.running().httpPort()).isPositive();
            // Its thread ends only with it, so it is told before anybody has to wait for it.
            assertThatThrownBy(before::checkSockets).hasMessageContaining("sockets outlived");
        }
        assertThatCode(before::check).doesNotThrowAnyException();
    }

    // A transport on trial

    private static Subject subject(WrongTransport transport) throws Exception {
        return new Subject((gateway, options) -> transport.running(), Map.of(), Map.of(), List.of());
    }

    private String finding(String step, WrongTransport.Behaviour behaviour) throws Exception {
        try (WrongTransport transport = new WrongTransport(behaviour);
                Subject subject = subject(transport)) {
            return finding(subject, step, () -> {});
        }
    }

    /** What the judge says to a case that sends a request for {@code a.test}, or nothing if it is content. */
    private String finding(Subject subject, String step, Runnable before) throws IOException {
        String text =
                "topic T\ncase c\n  client connects\n  client sends\n  | GET / HTTP/1.1\n  | Host: a.test\n  |\n  "
                        + step;
        Case one = CaseFile.parse("x.tck", text.lines().toList()).get(0);
        try (Neighbour neighbour = new Neighbour(THREADS);
                Script script = new Script(one, subject, neighbour, new Impatient(), THREADS)) {
            before.run();
            script.play(one);
            return "";
        } catch (AssertionError e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Sends a request that is wrong in several ways to the upstream, and answers as if it had not. */
    private void relay(Socket client) throws IOException {
        try (Socket upstream = new Socket(InetAddress.getLoopbackAddress(), port)) {
            write(upstream, "GET / HTTP/1.1\r\nHost: a.test\r\nHost: b.test\r\n\r\n");
            write(client, REFUSAL);
        }
    }

    private static int endpoint(Gateway gateway) {
        try (Attempt attempt = new Attempt(open(gateway))) {
            return Objects.requireNonNull(attempt.exchange.endpoint()).port();
        }
    }

    private record Attempt(Exchange exchange) implements AutoCloseable {
        @Override
        public void close() {
            exchange.close(Outcome.COMPLETED);
        }
    }

    private static Exchange open(Gateway gateway) {
        Exchange exchange = gateway.open(gateway.connection("127.0.0.1", false, 80, null), new Get());
        exchange.start();
        return exchange;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(Text.bytes(text));
    }

    /** Waits long, but not for what never happens. */
    private final class Impatient extends Moment {
        Impatient() {
            super(Moment.PATIENCE);
        }

        @Override
        boolean isOver(String what) {
            return super.isOver(what) || what.equals(never);
        }
    }

    private static final class Get implements RequestHead, Headers {
        @Override
        public String method() {
            return "GET";
        }

        @Override
        public String target() {
            return "/";
        }

        @Override
        public HttpVersion version() {
            return HttpVersion.HTTP_1_1;
        }

        @Override
        public @Nullable String authority() {
            return null;
        }

        @Override
        public Headers headers() {
            return this;
        }

        @Override
        public @Nullable String get(String name) {
            return name.equalsIgnoreCase("Host") ? "a.test" : null;
        }

        @Override
        public List<String> all(String name) {
            return name.equalsIgnoreCase("Host") ? List.of("a.test") : List.of();
        }

        @Override
        public void forEach(Visitor visitor) {
            visitor.field("Host", "a.test");
        }
    }
}
