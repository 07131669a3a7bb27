package dev.adit.route;

import dev.adit.policy.Balancing;
import dev.adit.policy.BodyLimit;
import dev.adit.policy.HttpsRedirect;
import dev.adit.policy.Redirect;
import dev.adit.policy.Retry;
import dev.adit.policy.Rewrite;
import dev.adit.policy.Timeouts;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What happens to the requests of a route. Immutable.
 *
 * @param bodyLimit how long the bodies of requests may be
 * @param passthrough whether clients' TLS connections are passed to the backend as they are, and requests are not forwarded at all
 * @param redirect answer with this instead of forwarding, or null
 * @param httpsRedirect what to do with plain HTTP, or null to serve it
 * @param transportSecurity the value of Strict-Transport-Security in answers over TLS; empty for none
 * @param auth who is asked whether a request may pass, or null to let everybody pass
 * @param rewrite how to change the path, or null
 * @param canary a second backend that takes some of the requests, or null
 * @param mirrors who gets copies
 * @param timeouts how long the upstream may take
 * @param retry when to try again
 * @param balancing how requests are spread over endpoints
 * @param errorPages whose answers replace errors, or null
 */
public record RoutePolicies(
        BodyLimit bodyLimit,
        boolean passthrough,
        @Nullable Redirect redirect,
        @Nullable HttpsRedirect httpsRedirect,
        String transportSecurity,
        Route.@Nullable AuthBackend auth,
        @Nullable Rewrite rewrite,
        Route.@Nullable CanaryBackend canary,
        List<Route.MirrorBackend> mirrors,
        Timeouts timeouts,
        Retry retry,
        Balancing balancing,
        Route.@Nullable ErrorBackend errorPages) {
    /** Forward everything as it is. */
    public static final RoutePolicies NONE = builder().build();

    public RoutePolicies {
        Objects.requireNonNull(bodyLimit);
        Objects.requireNonNull(transportSecurity);
        mirrors = List.copyOf(mirrors);
        Objects.requireNonNull(timeouts);
        Objects.requireNonNull(retry);
        Objects.requireNonNull(balancing);
    }

    /** A builder of {@link #NONE}. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from these. */
    public Builder toBuilder() {
        Builder b = new Builder();
        b.bodyLimit = bodyLimit;
        b.passthrough = passthrough;
        b.redirect = redirect;
        b.httpsRedirect = httpsRedirect;
        b.transportSecurity = transportSecurity;
        b.auth = auth;
        b.rewrite = rewrite;
        b.canary = canary;
        b.mirrors = mirrors;
        b.timeouts = timeouts;
        b.retry = retry;
        b.balancing = balancing;
        b.errorPages = errorPages;
        return b;
    }

    /** Collects policies; what is not set is not done. Not thread-safe. */
    public static final class Builder {
        private BodyLimit bodyLimit = BodyLimit.NONE;
        private boolean passthrough;
        private @Nullable Redirect redirect;
        private @Nullable HttpsRedirect httpsRedirect;
        private String transportSecurity = "";
        private Route.@Nullable AuthBackend auth;
        private @Nullable Rewrite rewrite;
        private Route.@Nullable CanaryBackend canary;
        private List<Route.MirrorBackend> mirrors = List.of();
        private Timeouts timeouts = Timeouts.DEFAULT;
        private Retry retry = Retry.DEFAULT;
        private Balancing balancing = Balancing.DEFAULT;
        private Route.@Nullable ErrorBackend errorPages;

        private Builder() {}

        /** Default: {@link BodyLimit#NONE}. */
        public Builder bodyLimit(BodyLimit value) {
            bodyLimit = value;
            return this;
        }

        /** Default: no. */
        public Builder passthrough(boolean value) {
            passthrough = value;
            return this;
        }

        /** Default: null. */
        public Builder redirect(@Nullable Redirect value) {
            redirect = value;
            return this;
        }

        /** Default: null. */
        public Builder httpsRedirect(@Nullable HttpsRedirect value) {
            httpsRedirect = value;
            return this;
        }

        /** Default: empty. */
        public Builder transportSecurity(String value) {
            transportSecurity = value;
            return this;
        }

        /** Default: null. */
        public Builder auth(Route.@Nullable AuthBackend value) {
            auth = value;
            return this;
        }

        /** Default: null. */
        public Builder rewrite(@Nullable Rewrite value) {
            rewrite = value;
            return this;
        }

        /** Default: null. */
        public Builder canary(Route.@Nullable CanaryBackend value) {
            canary = value;
            return this;
        }

        /** Default: nobody. */
        public Builder mirrors(List<Route.MirrorBackend> value) {
            mirrors = value;
            return this;
        }

        /** Default: {@link Timeouts#DEFAULT}. */
        public Builder timeouts(Timeouts value) {
            timeouts = value;
            return this;
        }

        /** Default: {@link Retry#DEFAULT}. */
        public Builder retry(Retry value) {
            retry = value;
            return this;
        }

        /**
         * Default: {@link Balancing#DEFAULT}. Says only what of a request the choice depends on; how the pool of the route's
         * backend chooses was settled when that was made.
         */
        public Builder balancing(Balancing value) {
            balancing = value;
            return this;
        }

        /** Default: null. */
        public Builder errorPages(Route.@Nullable ErrorBackend value) {
            errorPages = value;
            return this;
        }

        /** The policies. */
        public RoutePolicies build() {
            return new RoutePolicies(
                    bodyLimit,
                    passthrough,
                    redirect,
                    httpsRedirect,
                    transportSecurity,
                    auth,
                    rewrite,
                    canary,
                    mirrors,
                    timeouts,
                    retry,
                    balancing,
                    errorPages);
        }
    }
}
