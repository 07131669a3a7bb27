package dev.adit.policy;

/**
 * A regular expression as a table: one look-up for each character of a text, whatever the expression and the text are. Immutable.
 *
 * <pre>
 *  /api/(v1|v2)         prefix  /api/v      what every accepted text begins with: compared as text, needs no table
 *
 *                       columns   '1' '2'    other   end of the text
 *  row 0   refused         0        0        0       0
 *  row 1   accepted        1        1        1       1
 *  row 2   after /api/v    1        1        0       0
 *
 *  entries[row + column of the character] = the next row; rows 0 and 1 end the walk
 * </pre>
 *
 * <p>A row stands for the set of places of the {@link RegexGraph} where a walk can be at the same time, and for what an assertion wants to know of the
 * character before. The table is complete before it is used, so its size is known when the expression is written and not when somebody
 * sends a path: too large a one is refused.
 *
 * <p>Texts are Latin-1, as HTTP's are: nothing accepts another character.
 */
final class RegexAutomaton {
    static final int REFUSED = 0;
    static final int ACCEPTED = 1;

    private final String prefix;
    private final byte[] columns;
    /** The column of the end of the text. */
    private final int end;
    /** Rows stand for the place where they begin. */
    private final char[] entries;

    private final int first;
    /** How many characters behind the prefix are looked at before the answer is known; {@link Integer#MAX_VALUE} = any number may be. */
    final int mostSteps;
    /** In how many places of the expression a walk through a long text can be at the same time. */
    final int mostWays;

    private RegexAutomaton(RegexSubsets subsets) {
        prefix = subsets.prefix.toString();
        columns = subsets.columns;
        end = subsets.end;
        first = subsets.first * (end + 1);
        mostSteps = subsets.mostSteps;
        mostWays = subsets.mostWays;
        entries = new char[subsets.rows.size() * (end + 1)];
        int at = 0;
        for (int[] row : subsets.rows) {
            for (int next : row) {
                entries[at++] = (char) (next * (end + 1));
            }
        }
    }

    /**
     * The automaton that accepts a text if the expression matches at its start, whatever follows.
     *
     * @throws IllegalArgumentException with a readable reason, if it would be too large
     */
    static RegexAutomaton of(RegexNode tree) {
        return new RegexAutomaton(new RegexSubsets(new RegexGraph(tree)));
    }

    /** What every text begins with that is accepted, whatever the case of ASCII letters; in lower case. */
    String prefix() {
        return prefix;
    }

    /** How many entries the table has. */
    int size() {
        return entries.length;
    }

    boolean accepts(String text) {
        if (!hasPrefix(text)) {
            return false;
        }
        int accepted = ACCEPTED * (end + 1);
        int row = first;
        for (int i = prefix.length(); row > accepted && i < text.length(); i++) {
            char c = text.charAt(i);
            row = c < RegexNode.ALPHABET ? entries[row + (columns[c] & 0xFF)] : REFUSED;
        }
        return row == accepted || row > accepted && entries[row + end] == accepted;
    }

    private boolean hasPrefix(String text) {
        if (text.length() < prefix.length()) {
            return false;
        }
        for (int i = 0; i < prefix.length(); i++) {
            char c = text.charAt(i);
            if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != prefix.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
