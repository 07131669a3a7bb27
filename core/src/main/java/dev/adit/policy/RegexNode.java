package dev.adit.policy;

import java.util.BitSet;
import java.util.List;

/** What a regular expression consists of, as far as it decides what is accepted: groups and greed do not. */
sealed interface RegexNode {
    /** How many characters there are to be told apart: those of Latin-1, which is what HTTP hands over. */
    int ALPHABET = 256;

    /** {@code tree}, after any text. */
    static RegexNode anywhere(RegexNode tree) {
        BitSet all = new BitSet();
        all.set(0, ALPHABET);
        return new Sequence(List.of(new Repeat(new Characters(all), 0, Repeat.UNBOUNDED), tree));
    }

    /** One character of a set. */
    record Characters(BitSet set) implements RegexNode {}

    /** One after the other; of nothing, the empty text. */
    record Sequence(List<RegexNode> items) implements RegexNode {}

    record Either(List<RegexNode> choices) implements RegexNode {}

    /** {@code most} times at most; {@link #UNBOUNDED} = any number. */
    record Repeat(RegexNode item, int least, int most) implements RegexNode {
        static final int UNBOUNDED = -1;
    }

    /** What holds between two characters. */
    enum Assertion implements RegexNode {
        START,
        END,
        /** Of the characters before and after, one is a letter, digit or underscore of ASCII. */
        BOUNDARY,
        NO_BOUNDARY
    }
}
