package dev.adit.matcher;

import java.util.regex.Pattern;

/** One call to a builder, as data. */
record TestRule(String host, What what, String path, String value) {
    enum What {
        EXACT,
        PREFIX,
        REGEX,
        FALLBACK,
        CLAIM
    }

    /** What a builder takes only once. */
    String identity() {
        return what == What.FALLBACK || what == What.CLAIM ? host + " " + what : host + " " + what + " " + path;
    }

    /** Without case, open at the end; says its literal prefix. */
    PathPattern pattern() {
        Pattern regex = Pattern.compile(path, Pattern.CASE_INSENSITIVE);
        return new PathPattern() {
            @Override
            public boolean matches(String text) {
                return regex.matcher(text).lookingAt();
            }

            @Override
            public String prefix() {
                return path.replaceFirst("[^/\\w][*+?]?.*|[/\\w][*+?].*", "");
            }
        };
    }

    void addTo(RouteMatcher.Builder<String> builder) {
        switch (what) {
            case EXACT -> builder.add(host, PathKind.EXACT, path, value);
            case PREFIX -> builder.add(host, PathKind.PREFIX, path, value);
            case REGEX -> builder.add(host, path, pattern(), value);
            case FALLBACK -> builder.fallback(host, value);
            case CLAIM -> builder.claim(host);
        }
    }
}
