package dev.adit.policy;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long the body of a request may be. A longer one is answered 413 (RFC 9110 section 15.5.14).
 *
 * @param bytes the most bytes, which are still allowed; 0: any number
 */
public record BodyLimit(long bytes) {
    /** Bodies of any length. */
    public static final BodyLimit NONE = new BodyLimit(0);
    /** ingress-nginx's: 1 MiB. */
    public static final BodyLimit INGRESS_NGINX = new BodyLimit(1 << 20);

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})([bkmg]?)");

    /** @throws IllegalArgumentException if {@code bytes} is negative */
    public BodyLimit {
        if (bytes < 0) {
            throw new IllegalArgumentException("a negative number of bytes");
        }
    }

    /**
     * The limit in nginx's words: a number of bytes, or one of KiB, MiB or GiB that ends in {@code k}, {@code m} or {@code g}.
     *
     * @throws IllegalArgumentException if it is none; the message goes on after the name of what was read
     */
    public static BodyLimit parse(String text) {
        Matcher size = SIZE.matcher(text.toLowerCase(Locale.ROOT));
        if (!size.matches()) {
            throw new IllegalArgumentException("is not a size, such as 512k, 8m or 0");
        }
        int shift = switch (size.group(2)) {
            case "k" -> 10;
            case "m" -> 20;
            case "g" -> 30;
            default -> 0;
        };
        return new BodyLimit(Long.parseLong(size.group(1)) << shift);
    }
}
