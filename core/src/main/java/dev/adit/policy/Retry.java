package dev.adit.policy;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When a failed attempt is repeated at another endpoint. A request that was not sent yet may be repeated wherever {@code on}
 * names anything at all; one that was sent only if its method is idempotent (RFC 9110 section 9.2.2), unless
 * {@link On#NON_IDEMPOTENT} says otherwise, and if all that was taken of its body is kept.
 *
 * @param tries attempts in all, at least 1
 * @param on what is repeated; empty: nothing
 * @param replayBytes bytes of a request's body that are kept so that it can be sent again, 0 or more; a longer body is
 *     streamed and not repeated once some of it was sent
 */
public record Retry(int tries, Set<On> on, int replayBytes) {
    /** What is repeated; the words of nginx's {@code proxy_next_upstream}, in capitals. */
    public enum On {
        /** The connection broke. */
        ERROR,
        /** No answer came in time. */
        TIMEOUT,
        /** The answer was not HTTP, or broke a limit. */
        INVALID_HEADER,
        HTTP_403,
        HTTP_404,
        HTTP_429,
        HTTP_500,
        HTTP_502,
        HTTP_503,
        HTTP_504,
        /** Not a cause: also repeat what may act twice. */
        NON_IDEMPOTENT;

        /** The word that nginx has for it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** 64 KiB: most forms and calls of APIs; with many requests at once still little memory. */
    public static final int DEFAULT_REPLAY_BYTES = 64 * 1024;

    /** Three attempts, after errors and timeouts. */
    public static final Retry DEFAULT = new Retry(3, Set.of(On.ERROR, On.TIMEOUT), DEFAULT_REPLAY_BYTES);

    public Retry {
        if (tries < 1 || replayBytes < 0) {
            throw new IllegalArgumentException("at least one attempt, and no negative number of bytes");
        }
        on = Set.copyOf(on);
    }

    /** Another number of attempts. */
    public Retry withTries(int other) {
        return new Retry(other, on, replayBytes);
    }

    /** Other causes. */
    public Retry withOn(Set<On> others) {
        return new Retry(tries, others, replayBytes);
    }

    /** Another number of bytes to keep. */
    public Retry withReplayBytes(int other) {
        return new Retry(tries, on, other);
    }

    /** Whether an answer of {@code status} is a cause. */
    public boolean onStatus(int status) {
        return switch (status) {
            case 403 -> on.contains(On.HTTP_403);
            case 404 -> on.contains(On.HTTP_404);
            case 429 -> on.contains(On.HTTP_429);
            case 500 -> on.contains(On.HTTP_500);
            case 502 -> on.contains(On.HTTP_502);
            case 503 -> on.contains(On.HTTP_503);
            case 504 -> on.contains(On.HTTP_504);
            default -> false;
        };
    }

    /**
     * Reads the words of nginx's {@code proxy_next_upstream}, separated by blanks. {@code off} means nothing at all, whatever
     * stands beside it.
     *
     * @throws IllegalArgumentException if there are other words; the message names them
     */
    public static Set<On> on(String words) {
        Set<On> on = EnumSet.noneOf(On.class);
        List<String> unknown = new ArrayList<>();
        boolean off = false;
        for (String word : words.strip().split("\\s+")) {
            On known = of(word);
            if (known != null) {
                on.add(known);
            } else if (word.equals("off")) {
                off = true;
            } else {
                unknown.add(word);
            }
        }
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("holds unknown words: " + String.join(" ", unknown));
        }
        return off ? Set.of() : on;
    }

    private static @Nullable On of(String word) {
        for (On on : On.values()) {
            if (on.word().equals(word)) {
                return on;
            }
        }
        return null;
    }
}
