package dev.adit.tck;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Decodes the strings of RFC 7541 section 5.2. The code of its appendix B is canonical: within one length the codes follow
 * the symbols, and the first code of a length follows the last shorter one. So the lengths are the whole table.
 */
final class Huffman {
    private static final int LONGEST = 30;
    private static final int SYMBOLS = 257;
    private static final int END_OF_STRING = 256;

    /** The length of each symbol's code, as the letter {@code 'A' + length - 5}. */
    private static final String LENGTHS = "ISXXXXXXXTZXXZXXXXXXXXZXXXXXXXXXBFFHIBDGFFDGDBBBAAABBBBBBBCDKBHF"
            + "IBCCCCCCCCCCCCCCCCCCCCCCDCDIOIJBKABABABBBACCBBBABCBAABCCCCCKGJIX"
            + "PRPPRRRSRSSSSSTSTTRSTSSSSQRSRSSTRQPRRSSQSRRTQRSSQQRQSRSSPRRRSRRS"
            + "VVPORSRUVVVWWVTUOQVWWVWTQQVVXWWWPTPQRQQSRRUUTTVSVWVVWWWWWXWWWWWV"
            + "Z";

    /** The symbols in the order of their codes. */
    private static final int[] ORDERED = new int[SYMBOLS];
    /** How many codes have each length. */
    private static final int[] COUNT = new int[LONGEST + 1];

    static {
        int at = 0;
        for (int length = 1; length <= LONGEST; length++) {
            for (int symbol = 0; symbol < SYMBOLS; symbol++) {
                if (LENGTHS.charAt(symbol) - 'A' + 5 == length) {
                    ORDERED[at++] = symbol;
                    COUNT[length]++;
                }
            }
        }
    }

    private Huffman() {}

    /** @throws AssertionError if that is no such string */
    static String decode(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int code = 0;
        int first = 0;
        int index = 0;
        int length = 0;
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            code = code << 1 | bytes[bit >> 3] >> 7 - (bit & 7) & 1;
            first <<= 1;
            length++;
            if (length > LONGEST) {
                throw new AssertionError("a Huffman code of nothing (RFC 7541 section 5.2)");
            }
            if (code - first < COUNT[length]) {
                int symbol = ORDERED[index + code - first];
                if (symbol == END_OF_STRING) {
                    throw new AssertionError("an end of string within a string (RFC 7541 section 5.2)");
                }
                out.write(symbol);
                code = 0;
                first = 0;
                index = 0;
                length = 0;
            } else {
                index += COUNT[length];
                first += COUNT[length];
            }
        }
        if (length > 7 || code != (1 << length) - 1) {
            throw new AssertionError("a Huffman string is padded with something else than ones (RFC 7541 section 5.2)");
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }
}
