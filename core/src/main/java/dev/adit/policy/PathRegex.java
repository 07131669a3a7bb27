package dev.adit.policy;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.adit.matcher.PathPattern;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression over paths or header values, of Latin-1: nothing matches another character. RE2 syntax without the flag {@code m}; there are neither
 * look-around nor back-references. Immutable, safe for any number of threads.
 *
 * <p>Matching takes one step for each character at most, whatever the expression: RE2/J reads expressions and fills groups, a
 * table that is built beforehand says what matches. An expression is refused if it has more than {@link #MAX_LENGTH} characters or its table would
 * take more than 64 KiB.
 */
public final class PathRegex implements PathPattern {
    /** The longest regular expression that is accepted, in characters. */
    public static final int MAX_LENGTH = 1000;

    private static final int MAX_WAYS = 16;

    private final Pattern pattern;
    private final RegexAutomaton automaton;

    private PathRegex(Pattern pattern, RegexNode tree) {
        this.pattern = pattern;
        this.automaton = RegexAutomaton.of(tree);
    }

    /**
     * Compares without case, from the start of the text, open at the end: as ingress-nginx does with paths.
     *
     * @throws IllegalArgumentException with a readable reason
     */
    public static PathRegex path(String regex) {
        return new PathRegex(compile(regex, Pattern.CASE_INSENSITIVE), RegexReader.read(regex, true));
    }

    /**
     * Found anywhere in the text, with case.
     *
     * @throws IllegalArgumentException with a readable reason
     */
    public static PathRegex anywhere(String regex) {
        Pattern pattern = compile(regex, 0);
        return new PathRegex(pattern, RegexNode.anywhere(RegexReader.read(regex, false)));
    }

    /**
     * The whole text, with case.
     *
     * @throws IllegalArgumentException with a readable reason
     */
    public static PathRegex whole(String regex) {
        compile(regex, 0); // for itself, or a parenthesis of it could close ours
        return anywhere("^(?:" + regex + ")$");
    }

    private static Pattern compile(String regex, int flags) {
        if (regex.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("it is longer than " + MAX_LENGTH + " characters");
        }
        try {
            return Pattern.compile(regex, flags);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(RegexRefusal.reason(regex, e), e);
        }
    }

    /** {@inheritDoc} Allocates nothing. */
    @Override
    public boolean matches(String text) {
        return automaton.accepts(text);
    }

    @Override
    public String prefix() {
        return automaton.prefix();
    }

    /** How many characters behind the prefix are looked at before the answer is known; {@link Integer#MAX_VALUE} = any number may be. */
    public int mostSteps() {
        return automaton.mostSteps;
    }

    /**
     * Whether its groups can be filled in reasonable time: for that, every way to match has to be followed at once. At most 16 may go on
     * through a long path.
     */
    public boolean fillsGroups() {
        return automaton.mostWays <= MAX_WAYS;
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
