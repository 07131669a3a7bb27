package dev.adit.exchange;

import dev.adit.balancer.Lease;
import dev.adit.balancer.PickKey;
import dev.adit.balancer.Pool;
import dev.adit.policy.ExternalAuth;
import dev.adit.route.Route;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Asks an external authentication whether the request may pass. Fails closed. */
final class AuthStep extends ConsultStep {
    private final ExternalAuth how;

    private AuthStep(Exchange exchange, Route.AuthBackend auth, Lease lease) {
        super(exchange, auth.backend(), lease);
        this.how = auth.how();
    }

    /** The first step of asking. */
    static Step begin(Exchange exchange, Route.AuthBackend auth) {
        Pool pool = auth.backend().pool();
        Lease first = pool == null ? null : pool.lease(PickKey.ANY);
        return first == null
                ? exchange.reply(Replies.AUTH_UNAVAILABLE)
                : exchange.detour().consult(new AuthStep(exchange, auth, first), first);
    }

    @Override
    public int answerLimit() {
        return 0;
    }

    @Override
    public void writeHead(RequestSink to) {
        Client client = exchange.client();
        to.start(how.method(), how.target());
        to.field("Host", how.host());
        copyFields(to, name -> !isAboutContent(name) && !isOurs(name));
        to.field("X-Original-URL", client.scheme() + "://" + exchange.askedAuthority() + exchange.matchedTarget());
        to.field("X-Original-URI", exchange.matchedTarget());
        to.field("X-Original-Method", Reading.method(exchange.request()));
        to.field("X-Auth-Request-Redirect", exchange.matchedTarget());
        to.field("X-Sent-From", "adit");
        to.field("X-Request-ID", exchange.requestId());
        to.field("X-Real-IP", client.address());
        to.field("X-Forwarded-For", client.forwardedFor());
        to.field("X-Scheme", client.scheme());
        ClientIdentity identity = exchange.identity();
        if (identity != null) {
            identity.write(to);
        }
    }

    private static boolean isOurs(CharSequence name) {
        return Fields.is(name, "x-auth-request-redirect") || Fields.is(name, "x-sent-from");
    }

    @Override
    Step answered(ConsultAnswer answer) {
        int status = answer.status();
        Headers headers = answer.headers();
        if (status >= 200 && status <= 299) {
            return exchange.detour().granted(AuthGrant.of(how.responseHeaders(), headers, how.alwaysSetCookie()));
        }
        if (status == 401 && !how.signIn().isEmpty()) {
            return exchange.reply(with(Replies.redirect(302, "auth-sign-in", signIn()), "Set-Cookie", headers));
        }
        if (status != 401 && status != 403) {
            return exchange.reply(Replies.AUTH_BAD_ANSWER);
        }
        Reply denial = with(Replies.of(status, "auth-denied"), "WWW-Authenticate", headers);
        return exchange.reply(how.alwaysSetCookie() ? with(denial, "Set-Cookie", headers) : denial);
    }

    @Override
    Step failed() {
        return exchange.reply(Replies.AUTH_UNAVAILABLE);
    }

    private static Reply with(Reply reply, String name, Headers source) {
        List<String> values = source.all(name);
        if (values.isEmpty()) {
            return reply;
        }
        List<Map.Entry<String, String>> fields = new ArrayList<>(reply.headers());
        values.forEach(value -> fields.add(Map.entry(name, value)));
        return new Reply(reply.status(), reply.reason(), fields, reply.bytes(), reply.close());
    }

    /** Where to sign in, and where to come back to afterwards unless that is said already. */
    private String signIn() {
        String url = how.signIn();
        int query = url.indexOf('?');
        String parameter = how.signInParameter() + "=";
        if (query >= 0 && (url.startsWith(parameter, query + 1) || url.indexOf("&" + parameter, query) >= 0)) {
            return url;
        }
        String origin = exchange.askedAuthority().isEmpty()
                ? ""
                : exchange.client().scheme() + "://" + exchange.askedAuthority();
        return url + (query < 0 ? "?" : "&") + parameter + origin + escaped(exchange.matchedTarget());
    }

    /** RFC 3986 section 2.1; the encoder of forms says plus for a blank, which cannot occur here. */
    private static String escaped(String target) {
        return URLEncoder.encode(target, StandardCharsets.UTF_8);
    }
}
