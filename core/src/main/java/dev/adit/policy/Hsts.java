package dev.adit.policy;

/**
 * Strict-Transport-Security (RFC 6797): what tells browsers to come back over TLS only. They remember it, so it cannot be taken back.
 *
 * @param on whether it is sent at all
 * @param maxAge seconds that browsers remember it, 0 to make them forget; not negative
 * @param includeSubDomains whether it holds for every name below the host as well
 * @param preload whether lists that browsers come with may name the host
 */
public record Hsts(boolean on, long maxAge, boolean includeSubDomains, boolean preload) {
    /** Not sent; what ingress-nginx sends once it is switched on: a year, with all names below. */
    public static final Hsts OFF = new Hsts(false, 31_536_000, true, false);

    public Hsts {
        if (maxAge < 0) {
            throw new IllegalArgumentException("a negative time");
        }
    }

    /** These words, or none. */
    public Hsts withOn(boolean sent) {
        return new Hsts(sent, maxAge, includeSubDomains, preload);
    }

    /** The field's value. */
    public String value() {
        return "max-age=" + maxAge + (includeSubDomains ? "; includeSubDomains" : "") + (preload ? "; preload" : "");
    }
}
