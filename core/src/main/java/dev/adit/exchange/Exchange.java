package dev.adit.exchange;

import dev.adit.balancer.Endpoint;
import dev.adit.balancer.Lease;
import dev.adit.balancer.LeaseOutcome;
import dev.adit.balancer.Pool;
import dev.adit.policy.Retry;
import dev.adit.policy.Rewrite;
import dev.adit.route.Backend;
import dev.adit.route.Protocol;
import dev.adit.route.Route;
import dev.adit.route.RouteTable;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One request, from its head to the last byte of its answer. Does no I/O: a transport performs the steps it hands out.
 * Confined to one thread at a time, but for {@link #close}. The package's documentation says what decides in which order.
 *
 * <pre>
 *         start                           upstreamHead
 *   OPEN --+-----------------&gt; FORWARDING ------------&gt; RELAYING    Forward: connect and send; lease open
 *          |  consulted: pass   ^  |  |  ^                          Consult: ask somebody; their lease open
 *          |  +-----------------+  |  |  | another endpoint, or a   Relay: let the answer through; lease open
 *          v  |    an error page   |  +--+ fresh connection         Reply: answer yourself; no lease
 *       CONSULTING &lt;---------------+  |                       Await: wait for room; no lease. From OPEN and
 *          |                          |                       CONSULTING, on the way to FORWARDING or REPLYING
 *          |  consulted, consultFailed  | upstreamFailed, upstreamHead
 *          +----------&gt; REPLYING &lt;------+                  also from OPEN
 *
 *   close, from any state and any thread: the lease is released, the listener told, both once
 * </pre>
 */
public final class Exchange {
    private enum Phase {
        OPEN,
        CONSULTING,
        AWAITING,
        FORWARDING,
        RELAYING,
        REPLYING
    }

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
    private boolean freshConnection;
    private short attempts;
    private short status;
    private @Nullable Detour detour;
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
        Reply refusal = Reading.of(this, asked);
        if (refusal != null) {
            return reply(refusal);
        }
        Route matched = asked.matcher().find(host, path);
        Route found = matched == null ? asked.defaultRoute() : matched;
        route = found;
        Reply early = EarlyReplies.of(this, asked, found);
        if (early != null || found == null) {
            return reply(early == null ? Replies.NO_ROUTE : early);
        }
        Rewrite rewrite = found.policies().rewrite();
        if (rewrite != null) {
            rewritten = RequestTarget.rewritten(
                    rewrite.apply(path), factory.settings().pathMode());
            if (rewritten == null) {
                return reply(Replies.BAD_REWRITE);
            }
        }
        Upgrade.remember(this);
        Route.AuthBackend auth = found.policies().auth();
        return auth == null || Redirects.isAcme(path) ? BackendChoice.of(this, found) : AuthStep.begin(this, auth);
    }

    // --- choosing an endpoint

    /** Null if {@code candidate} has no endpoint. */
    @Nullable
    Step attempt(Backend candidate, boolean standsIn) {
        Pool pool = candidate.pool();
        Lease first = pool == null ? null : pool.lease(RequestKey.of(this, pool));
        if (first == null) {
            return null;
        }
        backend = candidate;
        failedOver = standsIn;
        return attempt(first);
    }

    Step attempt(Lease next) {
        if (!hold(next)) {
            return reply(Replies.CLOSED);
        }
        attempts++;
        freshConnection = false;
        phase = Phase.FORWARDING;
        return new ForwardStep(this, next);
    }

    /** Waits for room at {@code full}; null if nobody may, or enough do. */
    @Nullable
    Step await(Backend full, Pool pool) {
        AwaitStep step = AwaitStep.begin(pool, RequestKey.of(this, pool));
        if (step == null) {
            return null;
        }
        backend = full;
        failedOver = false;
        phase = Phase.AWAITING;
        detour().waiting = step;
        lease = null; // As in hold: close sees the step if it sees this, and else is seen here.
        if (closed != 0) {
            step.abandon();
        }
        return step;
    }

    /** Makes {@code next} the lease of this exchange, unless that is closed. */
    private boolean hold(Lease next) {
        // Written before closed is read, as close writes closed before it reads the lease: one of the two releases it.
        lease = next;
        boolean open = closed == 0;
        if (!open) {
            next.close(LeaseOutcome.ABANDONED);
        }
        return open;
    }

    Reply reply(Reply reply) {
        phase = Phase.REPLYING;
        status = (short) reply.status();
        return TransportSecurity.addTo(reply, this);
    }

    // --- asking others

    /** Answers with {@code error}, or with what the route's error pages say instead. */
    Step fail(Reply error) {
        Step page = ErrorPageStep.begin(this, error.status(), error);
        return page == null ? reply(error) : page;
    }

    Step consulting(ConsultStep step, Lease next) {
        if (!hold(next)) {
            return reply(Replies.CLOSED);
        }
        phase = Phase.CONSULTING;
        return step;
    }

    /** Lets go of the lease of a sub-request; {@code before} is what was held before, and closed. */
    void resume(LeaseOutcome outcome, @Nullable Lease before) {
        release(outcome);
        lease = before;
    }

    Detour detour() {
        Detour known = detour == null ? new Detour(this) : detour;
        detour = known;
        return known;
    }

    // --- what the transport reports

    /** Who was asked by a {@link Consult} has answered. */
    public Step consulted(ConsultAnswer answer) {
        require(Phase.CONSULTING);
        return detour().answered(answer);
    }

    /**
     * Who was asked by a {@link Consult} did not answer. The question is repeated at another endpoint, or on a fresh
     * connection to the same, as after {@link #upstreamFailed}; then the exchange goes on without an answer.
     */
    public Step consultFailed(UpstreamFailure failure) {
        require(Phase.CONSULTING);
        return detour().failed(failure);
    }

    /** After an {@link Await}: there is room, or its time is over. Null if the exchange has gone on already. */
    public @Nullable Step awaited() {
        if (phase != Phase.AWAITING) {
            return null;
        }
        Lease granted = Objects.requireNonNull(detour().waiting).take();
        return granted == null ? fail(Replies.OVERLOADED) : attempt(granted);
    }

    /**
     * The final head (status 200 and above, or 101) of the upstream's answer is there. Where {@link dev.adit.policy.Retry}
     * names its status, the request is repeated at another endpoint; if there is none, the answer is let through. What is
     * no such head is answered 502: also 101 without an upgrade that the client asked for, or 2xx instead of one.
     *
     * @param replayable as {@link UpstreamFailure#replayable}
     */
    public Step upstreamHead(ResponseHead response, boolean replayable) {
        require(Phase.FORWARDING);
        int code = response.status();
        Upgrade asked = upgrade();
        Protocol spoken = Objects.requireNonNull(backend).protocol();
        Upgrade granted = asked != null && asked.isGranted(response, spoken) ? asked : null;
        if (granted == null && code < (asked == null ? 200 : asked.leastRefusal()) || code > 599) {
            Lease failed = Objects.requireNonNull(lease);
            return after(fail(Replies.BAD_RESPONSE), failed, LeaseOutcome.FAILED);
        }
        if (code >= 400) {
            Step instead = ErrorAnswer.insteadOf(this, code, replayable);
            if (instead != null) {
                return instead;
            }
        }
        Objects.requireNonNull(lease).answered();
        phase = Phase.RELAYING;
        status = (short) (granted == null ? code : granted.grantStatus());
        boolean withoutBody = code == 304 || request.method().equals("HEAD");
        Detour extra = detour;
        List<String> cookies = extra == null ? List.of() : extra.cookies(code);
        return RelayStep.of(response, granted, withoutBody, cookies, TransportSecurity.of(this));
    }

    /** An interim head (1xx but 101) to pass on; changes no state. */
    public Relay interim(ResponseHead response) {
        if (response.status() >= 200 || response.status() == 101) {
            throw new IllegalArgumentException("not an interim status: " + response.status());
        }
        return new RelayStep(response, false);
    }

    /**
     * The attempt at the endpoint failed before its head was complete. It is repeated at another endpoint where
     * {@link dev.adit.policy.Retry} allows it. With no other one, and if it failed on a connection that had been kept open,
     * it is repeated once on a fresh connection to the same: a race of idle connections is not the endpoint's fault.
     */
    public Step upstreamFailed(UpstreamFailure failure) {
        require(Phase.FORWARDING);
        Lease failed = Objects.requireNonNull(lease);
        Retry retry = Objects.requireNonNull(route).policies().retry();
        LeaseOutcome outcome = factory.failed(this, failure, failed);
        Lease next = Retries.allowed(retry, request, failure) ? detour().another(retry, failed) : null;
        if (next != null) {
            return after(attempt(next), failed, outcome);
        }
        if (failure.stale() && !freshConnection && closed == 0 && Retries.safe(retry, request, failure)) {
            freshConnection = true;
            attempts++;
            return new ForwardStep(this, failed);
        }
        return after(fail(Replies.failure(failure.kind())), failed, outcome);
    }

    /** Lets go of an endpoint only now that it is known what follows: it is not to be chosen again. */
    static Step after(Step next, Lease last, LeaseOutcome outcome) {
        last.close(outcome);
        return next;
    }

    /**
     * Counts bytes of the request's body as they come from the client, once each. Returns whether they may pass: if not, neither
     * they nor what follows, and {@link #bodyTooLong} says what to answer. Called by one thread at a time, whichever it is.
     */
    public boolean takesBody(int bytes) {
        BodyCount counted = detour == null ? null : detour.body;
        return counted == null || counted.takes(bytes);
    }

    /** The answer to a body that is too long, if none has begun: 413. The rest of the body is not read; closes no lease. */
    public Reply bodyTooLong() {
        return reply(Replies.BODY_TOO_LONG);
    }

    /** Ends the exchange; every call but the first does nothing and returns false. Safe from any thread. */
    public boolean close(Outcome outcome) {
        Objects.requireNonNull(outcome);
        if (!CLOSED.compareAndSet(this, 0, 1)) {
            return false;
        }
        LeaseOutcome end = phase == Phase.RELAYING ? LeaseOutcome.ANSWERED : LeaseOutcome.ABANDONED;
        release(outcome == Outcome.UPSTREAM_ABORTED ? LeaseOutcome.FAILED : end);
        if (detour != null && detour.waiting != null) {
            detour.waiting.abandon();
        }
        factory.closed(this, outcome);
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
        Detour current = detour;
        Lease last = phase == Phase.CONSULTING && current != null ? current.attempt() : lease;
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
            known = RequestId.of(request.headers(), factory.random());
            requestId = known;
        }
        return known;
    }

    // --- for the steps

    boolean isOpen() {
        return closed == 0;
    }

    @Nullable
    Lease lease() {
        return lease;
    }

    void asksFor(String sentAuthority, String matchedHost) {
        authority = sentAuthority;
        host = matchedHost;
    }

    void asksFor(String normalPath, int questionMark, boolean unchanged) {
        path = normalPath;
        queryStart = questionMark;
        asSent = unchanged;
    }

    ExchangeFactory factory() {
        return factory;
    }

    /** What an external authentication gave the request, or null. */
    @Nullable
    AuthGrant grant() {
        return detour == null ? null : detour.grant();
    }

    /** What is known of a client that had to say who it is, or null. */
    @Nullable
    ClientIdentity identity() {
        return detour == null ? null : detour.identity;
    }

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
    Upgrade upgrade() {
        Upgrade wanted = detour == null ? null : detour.upgrade();
        return wanted != null && backend != null && wanted.possible(backend.protocol()) ? wanted : null;
    }

    boolean freshConnection() {
        return freshConnection;
    }

    /** Whether the backend stands in for another one. */
    boolean failedOver() {
        return failedOver;
    }

    @Override
    public String toString() {
        return "Exchange[" + phase + (closed == 0 ? "" : ", closed") + "]";
    }
}
