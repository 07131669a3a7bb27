package dev.adit.policy;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.adit.policy.RegexNode.Assertion;
import dev.adit.policy.RegexNode.Characters;
import dev.adit.policy.RegexNode.Either;
import dev.adit.policy.RegexNode.Repeat;
import dev.adit.policy.RegexNode.Sequence;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a regular expression that RE2/J has accepted: its grammar, but not what single characters mean. That RE2/J is asked about, so that
 * classes, escapes and case folding are the same in both.
 */
final class RegexReader {
    private static final int UNBOUNDED = Repeat.UNBOUNDED;

    private static final String ALPHABET = alphabet();

    private final String text;
    private int at;
    private boolean ignoresCase;
    private boolean dotAll;
    private final Map<String, BitSet> asked = new HashMap<>();

    private RegexReader(String text, boolean ignoresCase) {
        this.text = text;
        this.ignoresCase = ignoresCase;
    }

    /**
     * The tree of a regular expression.
     *
     * @param text what {@link Pattern#compile(String)} accepts
     * @throws IllegalArgumentException if it holds something that is not known here
     */
    static RegexNode read(String text, boolean ignoresCase) {
        RegexReader reader = new RegexReader(text, ignoresCase);
        RegexNode tree = reader.either();
        if (reader.at < text.length()) {
            throw new IllegalArgumentException("it cannot be read from character " + (reader.at + 1) + " on");
        }
        return tree;
    }

    private static String alphabet() {
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < RegexNode.ALPHABET; c++) {
            all.append(c);
        }
        return all.toString();
    }

    private boolean more() {
        return at < text.length();
    }

    private boolean skip(String expected) {
        boolean there = text.startsWith(expected, at);
        at += there ? expected.length() : 0;
        return there;
    }

    /** Alternatives, up to the parenthesis that closes them. */
    private RegexNode either() {
        List<RegexNode> choices = new ArrayList<>(1);
        do {
            choices.add(sequence());
        } while (skip("|"));
        return choices.size() == 1 ? choices.get(0) : new Either(choices);
    }

    private RegexNode sequence() {
        List<RegexNode> items = new ArrayList<>();
        while (more() && text.charAt(at) != '|' && text.charAt(at) != ')') {
            if (!items.isEmpty() && repeats(items)) {
                continue;
            }
            item(items);
        }
        return items.size() == 1 ? items.get(0) : new Sequence(items);
    }

    /** Whether a repetition follows; then it takes the last item. Greedy or not makes no difference to what is accepted. */
    private boolean repeats(List<RegexNode> items) {
        int least;
        int most;
        if (skip("*")) {
            least = 0;
            most = UNBOUNDED;
        } else if (skip("+")) {
            least = 1;
            most = UNBOUNDED;
        } else if (skip("?")) {
            least = 0;
            most = 1;
        } else {
            int close = text.charAt(at) == '{' ? text.indexOf('}', at) : -1;
            String[] bounds =
                    close < 0 ? new String[0] : text.substring(at + 1, close).split(",", -1);
            if (bounds.length < 1
                    || bounds.length > 2
                    || !isNumber(bounds[0])
                    || bounds.length == 2 && !bounds[1].isEmpty() && !isNumber(bounds[1])) {
                return false; // a brace that stands for itself
            }
            least = Integer.parseInt(bounds[0]);
            most = bounds.length == 1 ? least : bounds[1].isEmpty() ? UNBOUNDED : Integer.parseInt(bounds[1]);
            at = close + 1;
        }
        skip("?");
        items.add(new Repeat(items.remove(items.size() - 1), least, most));
        return true;
    }

    private static boolean isNumber(String digits) {
        return !digits.isEmpty() && digits.length() <= 4 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private void item(List<RegexNode> items) {
        int from = at;
        int c = text.codePointAt(at);
        at += Character.charCount(c);
        switch (c) {
            case '(' -> group(items);
            case '^' -> items.add(Assertion.START);
            case '$' -> items.add(Assertion.END);
            case '[' -> {
                at = endOfClass(from);
                items.add(ask(from));
            }
            case '\\' -> escape(items, from);
            case '.' -> items.add(ask(from));
            default -> items.add(literal(c));
        }
    }

    /** Flags that are set inside a group end with it; those of an empty group hold for the rest of the one around it. */
    private void group(List<RegexNode> items) {
        boolean ignoredCase = ignoresCase;
        boolean dottedAll = dotAll;
        if (skip("?")) {
            if (skip("P<") || skip("<")) {
                at = text.indexOf('>', at) + 1;
            } else if (!flags()) {
                return;
            }
        }
        items.add(either());
        skip(")");
        ignoresCase = ignoredCase;
        dotAll = dottedAll;
    }

    /** Reads flags; whether a group follows that they are meant for. */
    private boolean flags() {
        boolean on = true;
        while (more()) {
            char flag = text.charAt(at++);
            switch (flag) {
                case '-' -> on = false;
                case 'i' -> ignoresCase = on;
                case 's' -> dotAll = on;
                case 'U' -> {} // which of several ways to match goes first
                case ':' -> {
                    return true;
                }
                case ')' -> {
                    return false;
                }
                default ->
                    throw new IllegalArgumentException("it has the flag (?" + flag + "), which is not supported");
            }
        }
        return false;
    }

    private int endOfClass(int from) {
        int i = from + 1;
        i += i < text.length() && text.charAt(i) == '^' ? 1 : 0;
        for (boolean first = true; i < text.length(); first = false) {
            char c = text.charAt(i);
            if (c == ']' && !first) {
                return i + 1;
            }
            int named = c == '[' && text.startsWith("[:", i) ? text.indexOf(":]", i + 2) : -1;
            i = named >= 0 ? named + 2 : c == '\\' ? i + 2 : i + 1;
        }
        return text.length();
    }

    private void escape(List<RegexNode> items, int from) {
        char c = text.charAt(at++);
        switch (c) {
            case 'A' -> items.add(Assertion.START);
            case 'z' -> items.add(Assertion.END);
            case 'b' -> items.add(Assertion.BOUNDARY);
            case 'B' -> items.add(Assertion.NO_BOUNDARY);
            case 'Q' -> {
                int end = text.indexOf("\\E", at);
                String quoted = text.substring(at, end < 0 ? text.length() : end);
                at = end < 0 ? text.length() : end + 2;
                quoted.codePoints().forEach(each -> items.add(literal(each)));
            }
            case 'p', 'P', 'x' -> {
                int close = text.startsWith("{", at) ? text.indexOf('}', at) + 1 : 0;
                at = close > 0 ? close : at + (c == 'x' ? 2 : 1);
                items.add(ask(from));
            }
            default -> {
                if (c >= '0' && c <= '7') {
                    while (at < from + 4 && more() && text.charAt(at) >= '0' && text.charAt(at) <= '7') {
                        at++;
                    }
                }
                items.add(ask(from));
            }
        }
    }

    private Characters literal(int c) {
        if (c >= 0x80) {
            return ask(Pattern.quote(Character.toString(c)));
        }
        BitSet set = new BitSet();
        set.set(c);
        if (ignoresCase && Character.isLetter(c)) {
            set.set(c ^ 0x20);
        }
        return new Characters(set);
    }

    /** What the text from {@code from} to here, which stands for one character, accepts. */
    private Characters ask(int from) {
        return ask(text.substring(from, at));
    }

    private Characters ask(String one) {
        String flagged = (ignoresCase ? "(?i)" : "") + (dotAll ? "(?s)" : "") + one;
        return new Characters(asked.computeIfAbsent(flagged, RegexReader::accepted));
    }

    private static BitSet accepted(String one) {
        BitSet set = new BitSet();
        Matcher m = Pattern.compile(one).matcher(ALPHABET);
        while (m.find()) {
            set.set(m.start());
        }
        return set;
    }
}
