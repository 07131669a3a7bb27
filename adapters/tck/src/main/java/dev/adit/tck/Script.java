package dev.adit.tck;

import dev.adit.balancer.Endpoint;
import dev.adit.balancer.PoolView;
import dev.adit.exchange.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Plays a case: does its steps one after another, on one thread, and then looks whether anything was left behind.
 *
 * <pre>
 *   client, client 2 ...  ----&gt;  the transport on trial  ----&gt;  upstream, upstream 2 ...  in the order of accepting
 *
 *   "client sends", "upstream receives" ...   one {@link Peer} does it
 *   "get", "served", "refused 400" ...        a few lines that many cases share
 * </pre>
 */
final class Script implements AutoCloseable {
    private static final String CANNOT = "cannot connect ";
    private static final String WITHOUT_ENDPOINTS = " without endpoints";

    private static final Pattern PEER_STEP =
            Pattern.compile("(client|upstream|auth|pages|mirror)(?: (\\d+))?(?: stream (\\d+))? (.+)");
    private static final Pattern ENDPOINT_STEP = Pattern.compile("([0-9]+) is (up|down): (.+)");
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final int ROUND_TRIPS = 50;

    private final Subject subject;
    private final Executor threads;
    /** Those of the Service that the route names. */
    private final Upstreams upstreams;
    /** These and whoever is asked besides. */
    private final List<Upstreams> servers;
    /** Every endpoint that there was. */
    private final Set<Endpoint> served = new HashSet<>();

    private String manifest;
    private final Neighbour neighbour;
    private final Peers peers;
    private final Moment moment;
    private @Nullable Closing closing;
    /** A request was refused in its midst: some of it may have been forwarded. */
    private boolean aborted;

    /** @param moment by when all of it must have happened */
    Script(Case one, Subject subject, Neighbour neighbour, Moment moment, Executor threads) throws IOException {
        this.moment = moment;
        this.subject = subject;
        this.neighbour = neighbour;
        this.threads = threads;
        Map<String, Upstreams> named = new LinkedHashMap<>();
        upstreams = new Upstreams("upstream", moment, one.endpoints(), threads);
        named.put("upstream", upstreams);
        for (Policy policy : one.policies()) {
            if (Policy.ASKED.contains(policy.kind())) {
                Upstreams asked = new Upstreams(policy.kind(), moment, policy.endpoints(), threads);
                named.put(policy.kind(), asked);
                subject.policies.update(policy.kind(), asked.ports());
            }
        }
        servers = List.copyOf(named.values());
        peers = new Peers(moment, subject.transport, named, threads);
        subject.exchanges.begin(moment);
        manifest = one.manifest();
        configure(allReady());
    }

    /** Fails unless everything happens as the case says. */
    void play(Case one) {
        for (Step step : one.steps()) {
            guarded(one, step.line(), step.text(), () -> perform(step));
        }
        guarded(one, one.line(), "after the last step", this::settle);
    }

    private List<Listing> allReady() {
        return upstreams.ports().stream().map(Listing::ready).toList();
    }

    private void configure(List<Listing> endpoints) {
        endpoints.forEach(listed -> served.add(listed.endpoint()));
        subject.gateway.update(Manifest.resources(manifest, endpoints, neighbour.port()));
    }

    /** Whether a step has closed the transport, so that no other case can use it. */
    boolean hasClosedTransport() {
        return closing != null;
    }

    @FunctionalInterface
    private interface Action {
        void run() throws IOException;
    }

    /** Says where in which case something went wrong, and what everybody had seen. */
    private void guarded(Case one, int line, String what, Action action) {
        try {
            action.run();
        } catch (IOException | RuntimeException | AssertionError e) {
            throw new AssertionError(
                    one + " (" + one.file() + ":" + line + ")\nat: " + what + "\n" + e.getMessage() + "\n\n"
                            + peers.transcript(),
                    e);
        }
    }

    private void perform(Step step) throws IOException {
        Matcher matcher = PEER_STEP.matcher(step.text());
        if (matcher.matches()) {
            byPeer(matcher, step.block());
            return;
        }
        String[] words = step.text().split(" ", 2);
        String rest = words.length > 1 ? words[1].strip() : "";
        switch (words[0]) {
            case "update" -> update(rest, step.block());
            case "time" -> time(rest);
            case "endpoint" -> endpoint(rest, step.block());
            case "pool" -> pool(rest);
            case "closing" -> close(rest);
            case "get" -> get(rest);
            case "asked" -> asked(rest);
            case "served" -> served(rest, step.block());
            case "replied" -> replied(rest, step.block());
            case "refused" -> refused(rest);
            case "aborted" -> aborted(rest);
            case "untouched" -> untouched();
            case "unserved" -> neverWhole();
            case "connections" -> connections(Integer.parseInt(rest));
            case "outcome" -> outcome(rest);
            case "passed" -> passed(rest);
            default -> throw new IllegalArgumentException("no such step: " + step.text());
        }
    }

    private void byPeer(Matcher step, List<String> block) throws IOException {
        int number = step.group(2) == null ? 1 : Integer.parseInt(step.group(2));
        String name = step.group(1);
        boolean client = name.equals("client");
        if (step.group(3) != null) {
            int stream = Integer.parseInt(step.group(3));
            Http2Stream acting =
                    client ? peers.clientStream(number, stream) : peers.upstreamStream(name, number, stream);
            stream(acting, step.group(4), block);
        } else if (client) {
            client(number, step.group(4), block);
        } else {
            upstream(name, number, step.group(4), block);
        }
    }

    private void client(int number, String what, List<String> block) throws IOException {
        if (what.equals("connects") || what.startsWith("connects ")) {
            peers.connect(number, what.substring("connects".length()).strip(), block);
        } else if (what.startsWith("is served ")) {
            serve(what.substring("is served ".length()).strip(), block);
            peers.client(number).perform("receives 200", List.of("body ok"));
        } else if (what.startsWith(CANNOT)) {
            peers.fail(number, what.substring(CANNOT.length()));
        } else {
            act(peers.client(number), what, block);
        }
    }

    private void upstream(String name, int number, String what, List<String> block) throws IOException {
        switch (what) {
            case "does not read" -> peers.upstreams(name).pause(true);
            case "is untouched" -> untouched(peers.upstreams(name));
            case "speaks HTTP/2" -> peers.speakHttp2(name, number, block);
            default -> {
                if (what.startsWith("was ")) {
                    handshake(peers.upstreams(name).get(number), what);
                } else {
                    act(peers.upstream(name, number), what, block);
                }
            }
        }
    }

    /** @param what {@code was asked for NAME} or {@code was shown SUBJECT}, in the handshake */
    private static void handshake(Wire wire, String what) {
        String seen = what.startsWith("was shown ")
                ? "was shown " + SecureEndpoints.shown(wire.socket())
                : "was asked for " + SecureEndpoints.asked(wire.socket());
        if (!seen.equals(what)) {
            throw new AssertionError(wire.name() + " " + seen);
        }
    }

    private void stream(Http2Stream stream, String what, List<String> block) throws IOException {
        if (what.equals("is served") || what.startsWith("is served ")) {
            serve(what.substring("is served".length()).strip(), block);
            stream.perform("receives 200", List.of("body ok"));
        } else if (what.startsWith("is refused ")) {
            stream.requireRefused(what.substring("is refused ".length()));
            untouched();
        } else if (what.startsWith("is aborted ")) {
            stream.requireRefused(what.substring("is aborted ".length()));
            neverWhole();
        } else {
            act(stream, what, block);
        }
    }

    private void act(Actor actor, String what, List<String> block) throws IOException {
        if (what.equals("is stuck")) {
            stuck(actor.sender());
        } else {
            actor.perform(what, block);
        }
    }

    // What happens to the gateway meanwhile

    /** @param what {@code to MANIFEST}, {@code to MANIFEST without endpoints}, or {@code endpoints}, which a block lists */
    private void update(String what, List<String> block) {
        if (what.equals("endpoints")) {
            List<Integer> ports = upstreams.ports();
            configure(block.stream().map(line -> Listing.of(line, ports)).toList());
            return;
        }
        if (!what.startsWith("to ")) {
            throw new IllegalArgumentException("cannot update " + what);
        }
        boolean without = what.endsWith(WITHOUT_ENDPOINTS);
        manifest = Manifest.named(
                what.substring("to ".length(), what.length() - (without ? WITHOUT_ENDPOINTS.length() : 0)));
        configure(without ? List.of() : allReady());
    }

    /** @param what {@code passes 10s} */
    private void time(String what) {
        if (!what.matches("passes [0-9]+s")) {
            throw new IllegalArgumentException("no such step: time " + what);
        }
        subject.pass(Duration.ofSeconds(Long.parseLong(what.substring("passes ".length(), what.length() - 1))));
    }

    /** @param what {@code has 2 pending}: waits until so many requests wait for a lease; or {@code connections}, {@code ejected} */
    private void pool(String what) {
        if (!what.matches("has [0-9]+ (pending|connections|ejected)")) {
            throw new IllegalArgumentException("no such step: pool " + what);
        }
        String[] words = what.split(" ");
        moment.poll("a pool that " + what, () -> count(subject.pool(), words[2]) == Integer.parseInt(words[1]));
    }

    private static long count(PoolView pool, String what) {
        return switch (what) {
            case "pending" -> pool.pending();
            case "connections" ->
                pool.members().stream()
                        .mapToInt(PoolView.MemberView::connections)
                        .sum();
            default ->
                pool.members().stream()
                        .filter(member -> member.state() == PoolView.State.EJECTED)
                        .count();
        };
    }

    /** @param what {@code 2 serves GET /}, or what the gateway knows of it: {@code 2 is down: status 503} */
    private void endpoint(String what, List<String> block) throws IOException {
        String[] words = what.split(" ", 3);
        if (words.length == 3 && words[1].equals("serves")) {
            serve(upstreams.awaitActive(Integer.parseInt(words[0])), words[2], block);
        } else {
            awaitKnown(what);
        }
    }

    private void awaitKnown(String what) {
        Matcher matcher = ENDPOINT_STEP.matcher(what);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no such step: endpoint " + what);
        }
        int port = upstreams.ports().get(Integer.parseInt(matcher.group(1)) - 1);
        boolean down = matcher.group(2).equals("down");
        try {
            moment.poll("endpoint " + what, () -> {
                PoolView.MemberView seen = subject.endpoint(port);
                PoolView.ProbeView probe = seen.probe();
                return (seen.state() == PoolView.State.DOWN) == down
                        && probe != null
                        && probe.detail().equals(matcher.group(3));
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + ", which is " + subject.endpoint(port), e);
        }
    }

    /** @param what {@code begins}, which returns when nothing is accepted any more, or {@code ends} */
    private void close(String what) throws IOException {
        if (what.equals("begins")) {
            closing = new Closing(subject, moment);
            threads.execute(closing);
            subject.awaitRefusing(moment);
        } else if (what.equals("ends") && closing != null) {
            closing.await();
        } else {
            throw new IllegalArgumentException("no such step: closing " + what);
        }
    }

    // Steps that many cases share

    private void get(String target) throws IOException {
        String path = target.isEmpty() ? "/" : target;
        peers.plainClient(1).wire().send(Text.bytes("GET " + path + " HTTP/1.1\r\nHost: a.test\r\n\r\n"));
    }

    private void asked(String target) throws IOException {
        get(target);
        peers.upstream("upstream", 1).perform("receives GET " + target, List.of());
    }

    /** Whichever upstream gets it answers, and the client gets that. */
    private void served(String start, List<String> block) throws IOException {
        serve(start, block);
        peers.client(1).perform("receives 200", List.of("body ok"));
    }

    private void serve(String start, List<String> block) throws IOException {
        serve(upstreams.awaitActive(), start, block);
    }

    private void serve(Wire wire, String start, List<String> block) throws IOException {
        Peer upstream = peers.of(wire);
        upstream.perform(("receives " + start).strip(), block);
        upstream.wire().send(Text.bytes(OK));
    }

    private void replied(String statuses, List<String> block) throws IOException {
        peers.client(1).perform("receives " + statuses, block);
        untouched();
    }

    private void refused(String statuses) throws IOException {
        peers.client(1).perform("receives " + statuses, List.of("Connection: close"));
        peers.client(1).perform("is closed", List.of());
        untouched();
    }

    /** Upstreams may have seen the beginning, never the whole. */
    private void aborted(String statuses) throws IOException {
        peers.client(1).perform("receives " + statuses, List.of("Connection: close"));
        peers.client(1).perform("is closed", List.of());
        neverWhole();
    }

    private void neverWhole() {
        aborted = true;
        for (Wire wire : upstreams.all()) {
            if (wire.wasUsed()) {
                wire.awaitEnd();
                requireTorn(wire);
            }
        }
    }

    /** What is left of a connection that has ended is no complete request. */
    private static void requireTorn(Wire wire) {
        MessageReader reader = new MessageReader(wire);
        try {
            while (wire.hasUnread()) {
                Message head = reader.head();
                while (reader.body(Megabytes.PIECE).length > 0) {
                    continue;
                }
                throw new AssertionError(wire.name() + " received a complete request: " + head.start());
            }
        } catch (Torn expected) {
            // What is not whole is served by nobody.
            return;
        }
    }

    private void untouched() {
        untouched(upstreams);
    }

    private static void untouched(Upstreams servers) {
        for (Wire wire : servers.all()) {
            if (wire.wasUsed()) {
                throw new AssertionError("something was forwarded");
            }
        }
    }

    private void connections(int expected) {
        long used = upstreams.all().stream().filter(Wire::wasUsed).count();
        if (used != expected) {
            throw new AssertionError("expected " + expected + " upstream connections, not " + used);
        }
    }

    private void outcome(String text) {
        List<Outcome> expected =
                Arrays.stream(text.split("\\s+")).map(Outcome::valueOf).toList();
        List<Outcome> actual = subject.exchanges.awaitOutcomes(expected.size());
        if (!actual.equals(expected)) {
            throw new AssertionError("expected the outcomes " + expected + ", not " + actual);
        }
    }

    private void passed(String expected) {
        List<String> actual = subject.exchanges.awaitPassed();
        if (!actual.equals(List.of(expected))) {
            throw new AssertionError("expected to hear of " + expected + ", not " + actual);
        }
    }

    /** Everybody else is served, and what {@code sender} sends still does not move. */
    private void stuck(Sender sender) throws IOException {
        long before = -1;
        while (before != sender.written()) {
            before = sender.written();
            Neighbour.ask(subject.transport.httpPort(), ROUND_TRIPS);
            if (!sender.isSending()) {
                throw new AssertionError(
                        "everything that " + sender.name() + " sent was taken, though nobody reads it");
            }
        }
    }

    // After the last step

    /** Nothing was sent that the script does not mention, every connection ends, and core has its leases back. */
    private void settle() throws IOException {
        for (Upstreams named : servers) {
            named.closeServers();
        }
        List<Wire> open = peers.all();
        open.removeIf(Wire::isClosed);
        for (Wire wire : open) {
            wire.pause(false);
            wire.finish();
        }
        if (closing != null) {
            closing.await();
        }
        for (Wire wire : open) {
            wire.awaitEnd();
            if (aborted && !peers.isClient(wire)) {
                requireTorn(wire);
                continue;
            }
            String unread = peers.unread(wire);
            if (!unread.isEmpty()) {
                throw new AssertionError(wire.name() + " received more than the case mentions:\n" + unread);
            }
        }
        subject.exchanges.awaitAllClosed();
        for (Upstreams named : servers) {
            named.ports().forEach(port -> served.add(Endpoint.of("127.0.0.1", port)));
        }
        for (Endpoint endpoint : served) {
            // Those of exchanges are closed; who passes TLS through may see to it after the peers have seen the end.
            moment.poll("no lease to be open at " + endpoint, () -> inFlight(endpoint) == 0);
            moment.poll(
                    "no connection to " + endpoint + " to be counted",
                    () -> subject.gateway.balancer().connections(endpoint) + subject.policies.connections(endpoint)
                            == 0);
        }
    }

    private int inFlight(Endpoint endpoint) {
        return subject.gateway.balancer().inFlight(endpoint) + subject.policies.inFlight(endpoint);
    }

    @Override
    public void close() throws IOException {
        peers.close();
    }
}
