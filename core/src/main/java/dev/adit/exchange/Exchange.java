package dev.adit.exchange;

import dev.adit.balancer.Endpoint;
import dev.adit.balancer.Lease;
import dev.adit.balancer.LeaseOutcome;
import dev.adit.balancer.PickKey;
import dev.adit.balancer.Pool;
import dev.adit.policy.Settings;
import dev.adit.policy.Settings.PathMode;
import dev.adit.route.Backend;
import dev.adit.route.Route;
import dev.adit.route.RouteTable;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One request, from its head to the last byte of its answer. Does no I/O: a transport performs the steps it hands out.
 * Confined to one thread at a time, but for {@link #close}.
 *
 * <pre>
 *           start                      upstreamHead
 *   OPEN ----+-----------&gt; FORWARDING --+----------&gt; RELAYING       Forward: connect and send; lease open
 *            |             ^    |       |                           Relay: let the answer through; lease open
 *            |             |    | upstreamFailed                    Reply: answer yourself; no lease
 *            |             +----+ another endpoint, or a
 *            |                  | fresh connection to the same
 *            |                  v
 *            +-------------&gt; REPLYING
 *
 *   close, from any state and any thread: the lease is released, the listener told, both once
 * </pre>
 *
 * <p>What decides, in this order; the first that answers ends it:
 *
 * <ol>
 *   <li>the method (400, 405) and the length of the target (414)
 *   <li>the host, wherever it is named (400)
 *   <li>the path and query (400)
 *   <li>the certificate that the connection was opened for (421, if the settings ask for it)
 *   <li>the route, else the default route (404)
 *   <li>the route's redirect, then its redirect to HTTPS
 *   <li>its rewrite (400 if it leads out of the root)
 *   <li>its canary: header, cookie, weight
 *   <li>its backend, then the fallback of that (503)
 * </ol>
 */
public final class Exchange {
    private enum Phase {
        OPEN,
        FORWARDING,
        RELAYING,
        REPLYING
    }

    private static final Logger LOG = System.getLogger(Exchange.class.getName());
    private static final AtomicIntegerFieldUpdater<Exchange> CLOSED =
            AtomicIntegerFieldUpdater.newUpdater(Exchange.class, "closed");

    private final ExchangeFactory factory;
    private final ClientConnection connection;
    private final RequestHead request;
    private final long openedNanos;
    private final Client client;

    private Phase phase = Phase.OPEN;
    /** Let go once it has been asked: a long exchange, such as a WebSocket, must not keep every old table in memory. */
    private @Nullable RouteTable table;

    private String authority = "";
    private String host = "";
    private String path = "";
    /** Index of the question mark in the raw target, or -1. */
    private int queryStart = -1;
    /** Whether the raw target is an origin form whose path was normal. */
    private boolean asSent;
    /** The path after the route's rewrite, or null if that changes nothing. */
    private @Nullable String rewritten;

    private @Nullable Route route;
    private @Nullable Backend backend;
    private boolean failedOver;
    private boolean upgrade;
    private boolean freshConnection;
    private short attempts;
    private short status;
    private @Nullable Tried tried;
    private @Nullable CharSequence requestId;
    /** The open attempt, or the last one. Read by {@link #close} on other threads. */
    private volatile @Nullable Lease lease;

    private volatile int closed;

    Exchange(ExchangeFactory factory, RouteTable table, ClientConnection connection, RequestHead request) {
        this.factory = factory;
        this.table = table;
        this.connection = connection;
        this.request = request;
        this.openedNanos = factory.nanos();
        this.client = connection.trusted()
                ? Client.behind(connection, request.headers(), factory.trustedProxies())
                : connection.direct();
    }

    /** The first step. Call once. */
    public Step start() {
        require(Phase.OPEN);
        RouteTable asked = Objects.requireNonNull(table);
        table = null;
        Reply refusal = read();
        if (refusal != null) {
            return reply(refusal);
        }
        if (connection.secure()
                && factory.settings().misdirectedRequests()
                && asked.misdirected(connection.serverName(), host)) {
            return reply(Replies.MISDIRECTED);
        }
        Route found = asked.matcher().find(host, path);
        if (found == null) {
            found = asked.defaultRoute();
        }
        if (found == null) {
            return reply(Replies.NO_ROUTE);
        }
        route = found;
        Reply redirect = Redirects.of(this, found);
        if (redirect != null) {
            return reply(redirect);
        }
        if (found.rewrite() != null) {
            String target = found.rewrite().apply(path);
            // Groups may be put together to dot segments that were none before.
            PathMode mode = pathMode() == PathMode.RAW ? PathMode.RAW : PathMode.STRICT;
            rewritten = RequestTarget.normalPath(target.startsWith("/") ? target : "/" + target, mode);
            if (rewritten == null) {
                return reply(Replies.BAD_REWRITE);
            }
        }
        return choose(found);
    }

    // --- reading the request

    private @Nullable Reply read() {
        String method = request.method();
        if (!Fields.isToken(method)) {
            return Replies.BAD_METHOD;
        }
        if (method.equals("CONNECT") || method.equals("TRACE")) {
            return Replies.METHOD_NOT_ALLOWED;
        }
        String target = request.target();
        if (target.length() > RequestTarget.MAX_LENGTH) {
            return Replies.TARGET_TOO_LONG;
        }
        int authorityStart = target.startsWith("/") ? 0 : RequestTarget.authorityStart(target);
        if (authorityStart < 0 || authorityStart > 0 && request.version() == HttpVersion.HTTP_2) {
            return Replies.BAD_TARGET;
        }
        int pathStart = authorityStart == 0 ? 0 : RequestTarget.authorityEnd(target, authorityStart);
        Reply refusal = readHost(target, authorityStart, pathStart);
        return refusal != null ? refusal : readPath(target, pathStart);
    }

    private @Nullable Reply readHost(String target, int start, int end) {
        Headers headers = request.headers();
        String sent = headers.get("Host");
        boolean absolute = start > 0;
        String asked = absolute ? target.substring(start, end) : request.authority();
        if (asked == null) {
            asked = sent;
        }
        if (sent == null && request.version() == HttpVersion.HTTP_1_1
                || asked == null && request.version() == HttpVersion.HTTP_2
                || absolute && end == start
                || sent != null && headers.count("Host") > 1) {
            return Replies.BAD_HOST;
        }
        boolean secure = absolute ? RequestTarget.isHttps(target) : connection.secure();
        if (asked == null) {
            return null;
        }
        String matched = Authority.matchedHost(asked);
        if (matched == null || sent != null && !Authority.same(sent, asked, secure ? 443 : 80)) {
            return Replies.BAD_HOST;
        }
        authority = asked;
        host = matched;
        return null;
    }

    private @Nullable Reply readPath(String target, int start) {
        int query = target.indexOf('?', start);
        String raw = query < 0 && start == 0 ? target : target.substring(start, query < 0 ? target.length() : query);
        String normal = RequestTarget.normalPath(raw, pathMode());
        if (normal == null || query >= 0 && !RequestTarget.legalQuery(target, query)) {
            return Replies.BAD_TARGET;
        }
        queryStart = query;
        asSent = start == 0 && normal.equals(raw);
        path = normal;
        return null;
    }

    private PathMode pathMode() {
        return factory.settings().pathMode();
    }

    // --- choosing an endpoint

    private Step choose(Route found) {
        upgrade = Upgrades.asked(request);
        Route.CanaryBackend canary = found.canary();
        if (canary != null && CanaryChoice.takes(canary.when(), request.headers(), factory.random())) {
            // A canary that cannot serve must not hurt: its requests go where they went before there was one.
            Step chosen = attempt(canary.backend());
            if (chosen != null) {
                return chosen;
            }
        }
        Backend main = found.backend();
        Step step = attempt(main);
        if (step != null) {
            return step;
        }
        failedOver = true;
        for (Backend standIn = main.fallback(); standIn != null; standIn = standIn.fallback()) {
            step = attempt(standIn);
            if (step != null) {
                return step;
            }
        }
        return reply(main.pool() == null ? Replies.of(main.missingStatus(), main.missing()) : Replies.NO_ENDPOINTS);
    }

    private @Nullable Step attempt(Backend candidate) {
        Pool pool = candidate.pool();
        Lease first = pool == null ? null : pool.lease(PickKey.ANY);
        if (first == null) {
            return null;
        }
        backend = candidate;
        return attempt(first);
    }

    private Step attempt(Lease next) {
        // Written before closed is read, as close writes closed before it reads the lease: one of the two releases it.
        lease = next;
        if (closed != 0) {
            next.close(LeaseOutcome.ABANDONED);
            return reply(Replies.CLOSED);
        }
        attempts++;
        phase = Phase.FORWARDING;
        return new ForwardStep(this, next);
    }

    private Reply reply(Reply reply) {
        phase = Phase.REPLYING;
        status = (short) reply.status();
        return reply;
    }

    // --- what the transport reports

    /**
     * The final head (status 200 and above, or 101) of the upstream's answer is there. What is no such head, 101 without
     * an upgrade that the client asked for among it, is answered 502.
     */
    public Step upstreamHead(ResponseHead response) {
        require(Phase.FORWARDING);
        int code = response.status();
        boolean switched = code == 101;
        if (switched ? upgrade() == null : code < 200 || code > 599) {
            release(LeaseOutcome.FAILED);
            return reply(Replies.BAD_RESPONSE);
        }
        phase = Phase.RELAYING;
        status = (short) code;
        return new RelayStep(response, switched, code == 304 || request.method().equals("HEAD"));
    }

    /** An interim head (1xx but 101) to pass on; changes no state. */
    public Relay interim(ResponseHead response) {
        if (response.status() >= 200 || response.status() == 101) {
            throw new IllegalArgumentException("not an interim status: " + response.status());
        }
        return new RelayStep(response, false, false);
    }

    /**
     * The attempt at the endpoint failed before its head was complete. It is repeated at another endpoint where
     * {@link dev.adit.policy.Retry} allows it. With no other one, and if it failed on a connection that had been kept open,
     * it is repeated once on a fresh connection to the same: a race of idle connections is not the endpoint's fault.
     */
    public Step upstreamFailed(UpstreamFailure failure) {
        require(Phase.FORWARDING);
        Lease failed = Objects.requireNonNull(lease);
        boolean stale = failure.reused() && failure.kind() == UpstreamFailure.Kind.CLOSED;
        LeaseOutcome outcome = stale ? LeaseOutcome.ABANDONED : LeaseOutcome.FAILED;
        Lease next = anotherAfter(failure, failed.endpoint());
        if (next != null) {
            freshConnection = false;
            Step step = attempt(next);
            failed.close(outcome);
            return step;
        }
        if (stale && !freshConnection && closed == 0 && Retries.safe(request.method(), failure)) {
            freshConnection = true;
            attempts++;
            return new ForwardStep(this, failed);
        }
        failed.close(outcome);
        return reply(Replies.failure(failure.kind()));
    }

    private @Nullable Lease anotherAfter(UpstreamFailure failure, Endpoint endpoint) {
        Route current = Objects.requireNonNull(route);
        Pool pool = Objects.requireNonNull(backend).pool();
        if (pool == null || closed != 0 || attempts >= current.retry().tries()) {
            return null;
        }
        if (!Retries.allowed(current.retry(), request.method(), failure)) {
            return null;
        }
        Tried excluded = tried == null ? new Tried() : tried;
        excluded.add(endpoint);
        tried = excluded;
        return pool.lease(excluded);
    }

    /** Ends the exchange; every call but the first does nothing and returns false. Safe from any thread. */
    public boolean close(Outcome outcome) {
        Objects.requireNonNull(outcome);
        if (!CLOSED.compareAndSet(this, 0, 1)) {
            return false;
        }
        boolean answered = phase == Phase.RELAYING;
        release(
                outcome == Outcome.UPSTREAM_ABORTED
                        ? LeaseOutcome.FAILED
                        : answered ? LeaseOutcome.ANSWERED : LeaseOutcome.ABANDONED);
        try {
            factory.listener().closed(this, outcome);
        } catch (RuntimeException e) {
            // A listener's mistake must not become a transport's: the exchange is closed all the same.
            LOG.log(Level.WARNING, "A listener failed on a closed exchange", e);
        }
        return true;
    }

    private void release(LeaseOutcome outcome) {
        Lease last = lease;
        if (last != null) {
            last.close(outcome);
        }
    }

    private void require(Phase expected) {
        if (phase != expected) {
            throw new IllegalStateException("the exchange is " + phase + ", not " + expected);
        }
    }

    // --- what it knows

    /** The request. */
    public RequestHead request() {
        return request;
    }

    /** The connection it came on. */
    public ClientConnection connection() {
        return connection;
    }

    /** The route that serves it, or null if none does. */
    public @Nullable Route route() {
        return route;
    }

    /** The backend that was chosen: the route's own, its canary, or a fallback; null if none was. */
    public @Nullable Backend backend() {
        return backend;
    }

    /** The endpoint of the last attempt, or null if there was none. */
    public @Nullable Endpoint endpoint() {
        Lease last = lease;
        return last == null ? null : last.endpoint();
    }

    /** The normalised host; empty if the request names none or an address, or is illegal. */
    public String host() {
        return host;
    }

    /** The normalised path; empty if the request is illegal. */
    public String path() {
        return path;
    }

    /** Attempts at endpoints so far. */
    public int attempts() {
        return attempts;
    }

    /** The status of the answer, or 0 as long as there is none. */
    public int status() {
        return status;
    }

    /** Nanoseconds since the exchange was opened. */
    public long elapsedNanos() {
        return factory.nanos() - openedNanos;
    }

    /** The client's IP address: the peer's, or what a trusted peer says. */
    public String clientAddress() {
        return client.address();
    }

    /** The client's {@code X-Request-ID} if it is at most 128 plain characters, else 32 generated hexadecimal digits. */
    public CharSequence requestId() {
        CharSequence known = requestId;
        if (known == null) {
            String sent = request.headers().get("X-Request-ID");
            known = sent != null && RequestId.sane(sent) ? sent : new RequestId(factory.random());
            requestId = known;
        }
        return known;
    }

    // --- for the steps

    Client client() {
        return client;
    }

    /** The authority as the client wrote it; empty if there is none. */
    String authority() {
        return authority;
    }

    /** The authority that the client asked for, which a trusted peer may know better. */
    String askedAuthority() {
        return client.authority() == null ? authority : client.authority();
    }

    /** The path that was matched, and the query as it came. */
    String matchedTarget() {
        return asSent ? request.target() : withQuery(path);
    }

    /** What goes to the upstream: a fallback gets the original path. */
    String upstreamTarget() {
        return rewritten == null || failedOver() ? matchedTarget() : withQuery(rewritten);
    }

    private String withQuery(String text) {
        return queryStart < 0 ? text : text.concat(request.target().substring(queryStart));
    }

    @Nullable
    String upgrade() {
        boolean possible = upgrade && backend != null && Upgrades.possible(backend.protocol());
        return possible ? request.headers().get("Upgrade") : null;
    }

    boolean freshConnection() {
        return freshConnection;
    }

    /** Whether the backend stands in for another one. */
    boolean failedOver() {
        return failedOver;
    }

    /** Whether upstreams hear what an untrusted client said about itself, under other names. */
    boolean tellsOriginals() {
        return !connection.trusted() && factory.settings().profile() == Settings.Profile.INGRESS_NGINX;
    }

    @Override
    public String toString() {
        return "Exchange[" + phase + (closed == 0 ? "" : ", closed") + "]";
    }
}
