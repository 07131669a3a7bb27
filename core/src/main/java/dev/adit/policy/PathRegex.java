package dev.adit.policy;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.adit.matcher.PathPattern;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression over paths or header values. RE2 syntax: matching takes time linear in the text, which is why there
 * are neither look-around nor back-references. Immutable, safe for any number of threads.
 */
public final class PathRegex implements PathPattern {
    /** The longest regular expression that is accepted, in characters. */
    public static final int MAX_LENGTH = 1000;

    private final Pattern pattern;
    private final boolean anchored;

    private PathRegex(Pattern pattern, boolean anchored) {
        this.pattern = pattern;
        this.anchored = anchored;
    }

    /**
     * Compares without case, from the start of the text, open at the end: as ingress-nginx does with paths.
     *
     * @throws IllegalArgumentException with a readable reason
     */
    public static PathRegex path(String regex) {
        return new PathRegex(compile(regex, Pattern.CASE_INSENSITIVE), true);
    }

    /**
     * Found anywhere in the text, with case.
     *
     * @throws IllegalArgumentException with a readable reason
     */
    public static PathRegex anywhere(String regex) {
        return new PathRegex(compile(regex, 0), false);
    }

    private static Pattern compile(String regex, int flags) {
        if (regex.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("is longer than " + MAX_LENGTH + " characters");
        }
        try {
            return Pattern.compile(regex, flags);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(e.getDescription(), e);
        }
    }

    @Override
    public boolean matches(String text) {
        Matcher m = pattern.matcher(text);
        return anchored ? m.lookingAt() : m.find();
    }

    /** {@code template} with {@code $0} to {@code $9} replaced by what the groups of {@code pattern} hold in {@code path}. */
    static String expand(@Nullable PathRegex pattern, String path, String template) {
        Matcher m = pattern == null ? null : pattern.pattern.matcher(path);
        boolean found = m != null && m.lookingAt();
        StringBuilder out = new StringBuilder(template.length() + path.length());
        for (int i = 0; i < template.length(); i++) {
            char c = template.charAt(i);
            int digit = c == '$' && i + 1 < template.length() ? template.charAt(i + 1) - '0' : -1;
            if (digit < 0 || digit > 9) {
                out.append(c);
                continue;
            }
            i++;
            if (found && m != null && digit <= m.groupCount()) {
                String group = m.group(digit);
                out.append(group == null ? "" : group);
            }
        }
        if (out.isEmpty() || out.charAt(0) != '/') {
            out.insert(0, '/');
        }
        return out.toString();
    }

    @Override
    public String toString() {
        return pattern.pattern();
    }
}
