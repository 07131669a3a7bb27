package dev.adit.policy;

import com.google.re2j.PatternSyntaxException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says why RE2/J refuses a regular expression, in the words of those who wrote it for nginx. */
final class RegexRefusal {
    /** What other engines know and RE2 does not; by how it begins. */
    private static final Map<String, String> UNKNOWN = Map.of(
            "(?=", "a look-ahead",
            "(?!", "a negative look-ahead",
            "(?<=", "a look-behind",
            "(?<!", "a negative look-behind",
            "(?>", "an atomic group",
            "(?(", "a condition",
            "(?R", "a recursion");

    private RegexRefusal() {}

    /** The end of a sentence that begins with the expression. */
    static String reason(String regex, PatternSyntaxException refusal) {
        String known = beyondRe2(regex);
        return known != null ? known : refusal.getDescription();
    }

    private static @Nullable String beyondRe2(String regex) {
        boolean inClass = false;
        for (int i = 0; i < regex.length(); i++) {
            char c = regex.charAt(i);
            char next = i + 1 < regex.length() ? regex.charAt(i + 1) : 0;
            if (c == '\\') {
                if (!inClass && (next >= '1' && next <= '9' || next == 'k' || next == 'g')) {
                    return described("a back-reference", regex.substring(i, i + 2), i);
                }
                i++;
            } else if (inClass) {
                inClass = c != ']';
            } else if (c == '[') {
                inClass = true;
                i += next == '^' ? 1 : 0;
                i += regex.startsWith("]", i + 1) ? 1 : 0;
            } else if (c == '(' && next == '?') {
                for (Map.Entry<String, String> unknown : UNKNOWN.entrySet()) {
                    if (regex.startsWith(unknown.getKey(), i)) {
                        return described(unknown.getValue(), unknown.getKey(), i);
                    }
                }
            } else if (next == '+' && (c == '*' || c == '+' || c == '?' || c == '}')) {
                return described("a possessive repetition", regex.substring(i, i + 2), i);
            }
        }
        return null;
    }

    private static String described(String what, String spelled, int at) {
        return "it has " + what + ", " + spelled + " at character " + (at + 1) + ", which no linear-time engine knows";
    }
}
