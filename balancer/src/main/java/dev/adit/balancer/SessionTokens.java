package dev.adit.balancer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads the text of sticky sessions, for a cookie. The text names an endpoint without telling its address, and
 * nobody without the key can make one that is accepted. With the same key it survives restarts and is good at every
 * replica; no table of sessions is kept. Safe for any number of threads.
 *
 * <pre>
 *   text: 32 characters (base64url of 24 octets)
 *   | session, 8 octets | name of the endpoint, 8 octets | SipHash-2-4 of both, 8 octets |
 * </pre>
 */
public final class SessionTokens {
    /** Characters of a token. */
    public static final int LENGTH = 32;

    /** Octets of a key. */
    public static final int KEY_OCTETS = 16;

    private static final byte[] ALPHABET =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VALUES = new byte[128];

    static {
        Arrays.fill(VALUES, (byte) -1);
        for (int i = 0; i < ALPHABET.length; i++) {
            VALUES[ALPHABET[i]] = (byte) i;
        }
    }

    private final SipHash names;
    private final SipHash seals;

    /**
     * Tokens of one key.
     *
     * @param key {@value #KEY_OCTETS} octets that nobody can guess; copied
     * @throws IllegalArgumentException if it is longer or shorter
     */
    public SessionTokens(byte[] key) {
        if (key.length != KEY_OCTETS) {
            throw new IllegalArgumentException("a key has " + KEY_OCTETS + " octets, not " + key.length);
        }
        // Two keys out of one: no name can be passed off as a seal.
        SipHash root = new SipHash(word(key, 0), word(key, 8));
        names = new SipHash(root.of(1, 0), root.of(2, 0));
        seals = new SipHash(root.of(3, 0), root.of(4, 0));
    }

    private static long word(byte[] octets, int from) {
        long word = 0;
        for (int i = 0; i < 8; i++) {
            word = word << 8 | octets[from + i] & 0xFF;
        }
        return word;
    }

    /** What an endpoint is called in tokens; another uid is another name. */
    public long name(Endpoint endpoint) {
        String text = endpoint.authority() + '/' + endpoint.uid();
        return names.of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The text of a session: {@value #LENGTH} letters, digits, {@code -} and {@code _}. */
    public String write(SessionToken token) {
        byte[] text = new byte[LENGTH];
        encode(token.session(), token.endpoint(), seals.of(token.session(), token.endpoint()), text);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /** The session of a text, or null if {@link #write} with this key did not make it. */
    public @Nullable SessionToken read(CharSequence text) {
        if (text.length() != LENGTH) {
            return null;
        }
        // Four groups of eight characters are 48 bits each.
        long a = decode(text, 0);
        long b = decode(text, 8);
        long c = decode(text, 16);
        long d = decode(text, 24);
        if ((a | b | c | d) < 0) {
            return null;
        }
        long session = a << 16 | b >>> 32;
        long endpoint = b << 32 | c >>> 16;
        long seal = c << 48 | d;
        return seals.of(session, endpoint) == seal ? new SessionToken(session, endpoint) : null;
    }

    private static void encode(long session, long endpoint, long seal, byte[] text) {
        encode(session >>> 16, text, 0);
        encode(session << 32 | endpoint >>> 32, text, 8);
        encode(endpoint << 16 | seal >>> 48, text, 16);
        encode(seal, text, 24);
    }

    /** The low 48 bits. */
    private static void encode(long bits, byte[] text, int from) {
        for (int i = 0; i < 8; i++) {
            text[from + i] = ALPHABET[(int) (bits >>> 42 - 6 * i) & 63];
        }
    }

    /** 48 bits, or a negative number. */
    private static long decode(CharSequence text, int from) {
        long bits = 0;
        for (int i = from; i < from + 8; i++) {
            char c = text.charAt(i);
            long value = c < 128 ? VALUES[c] : -1;
            if (value < 0) {
                return -1;
            }
            bits = bits << 6 | value;
        }
        return bits;
    }

    @Override
    public String toString() {
        return "SessionTokens";
    }
}
