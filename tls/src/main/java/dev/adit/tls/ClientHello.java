package dev.adit.tls;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.ECPublicKey;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client says first: the name it wants, and what it can verify. For engines that must be made, or set up, for one name; the engine
 * itself reads the hello again and refuses what is wrong with it.
 *
 * <pre>
 *  hello:     version 2 | random 32 | session id 1+n | cipher suites 2+n | compression 1+n | extensions 2+n
 *  extension: type 2 | length 2 | data                       RFC 8446 section 4.2
 *               0 server name          16 ALPN
 *              13 signature schemes    43 supported versions
 * </pre>
 *
 * Immutable; holds nothing secret.
 */
public final class ClientHello {
    private static final int RANDOM = 32;
    private static final int SERVER_NAME = 0;
    private static final int SIGNATURE_SCHEMES = 13;
    private static final int ALPN = 16;
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int TLS_1_3 = 0x0304;

    /** Suites of TLS 1.2 and before that an ECDSA or Edwards key answers for (ECDHE_ECDSA, RFC 8422, 5289 and 7905). */
    private static final Set<Integer> ECDSA_SUITES =
            Set.of(0xC009, 0xC00A, 0xC023, 0xC024, 0xC02B, 0xC02C, 0xC0AC, 0xC0AD, 0xC0AE, 0xC0AF, 0xCCA9);

    /** The same for RSA keys (ECDHE_RSA). */
    private static final Set<Integer> RSA_SUITES = Set.of(0xC013, 0xC014, 0xC027, 0xC028, 0xC02F, 0xC030, 0xCCA8);

    private byte @Nullable [] name;
    private boolean tls13;
    private final Set<Integer> suites = new HashSet<>();
    /** Empty if the client names none. */
    private final Set<Integer> schemes = new HashSet<>();
    /** Null if the client does not ask for ALPN. */
    private @Nullable Set<String> applicationProtocols;

    private ClientHello() {}

    /**
     * Reads a hello without the header of its message; the position stays.
     *
     * @return null if it is broken
     */
    public static @Nullable ClientHello ofMessage(ByteBuffer message) {
        ClientHello hello = new ClientHello();
        try {
            hello.read(message.duplicate());
            return hello;
        } catch (BufferUnderflowException | IllegalArgumentException e) { // a length that leads beyond the end
            return null;
        }
    }

    private void read(ByteBuffer in) {
        in.getShort();
        skip(in, RANDOM);
        skip(in, u8(in));
        numbers(vector(in, u16(in)), suites);
        skip(in, u8(in));
        if (!in.hasRemaining()) {
            return;
        }
        ByteBuffer extensions = vector(in, u16(in));
        while (extensions.hasRemaining()) {
            int type = u16(extensions);
            ByteBuffer data = vector(extensions, u16(extensions));
            switch (type) {
                case SERVER_NAME -> name = hostName(vector(data, u16(data)));
                case SIGNATURE_SCHEMES -> numbers(vector(data, u16(data)), schemes);
                case ALPN -> applicationProtocols = texts(vector(data, u16(data)));
                case SUPPORTED_VERSIONS -> {
                    Set<Integer> versions = new HashSet<>();
                    numbers(vector(data, u8(data)), versions);
                    tls13 = versions.contains(TLS_1_3);
                }
                default -> {}
            }
        }
    }

    /** RFC 6066 section 3: a list of names of which host names (type 0) are the only ones there are. */
    private static byte @Nullable [] hostName(ByteBuffer names) {
        while (names.hasRemaining()) {
            int type = u8(names);
            ByteBuffer name = vector(names, u16(names));
            if (type == 0) {
                byte[] bytes = new byte[name.remaining()];
                name.get(bytes);
                return bytes;
            }
        }
        return null;
    }

    private static Set<String> texts(ByteBuffer list) {
        Set<String> texts = new HashSet<>();
        while (list.hasRemaining()) {
            texts.add(StandardCharsets.ISO_8859_1.decode(vector(list, u8(list))).toString());
        }
        return texts;
    }

    private static void numbers(ByteBuffer list, Set<Integer> into) {
        while (list.hasRemaining()) {
            into.add(u16(list));
        }
    }

    /** The next {@code length} octets, taken from {@code in}. */
    private static ByteBuffer vector(ByteBuffer in, int length) {
        ByteBuffer vector = in.slice().limit(length);
        skip(in, length);
        return vector;
    }

    private static void skip(ByteBuffer in, int length) {
        in.position(in.position() + length);
    }

    private static int u8(ByteBuffer in) {
        return in.get() & 0xFF;
    }

    private static int u16(ByteBuffer in) {
        return in.getShort() & 0xFFFF;
    }

    /** The name that the client wants, as it was sent, or null. */
    public @Nullable String serverName() {
        return name == null ? null : new String(name, StandardCharsets.UTF_8);
    }

    /** The name that the client wants, or null; not to be changed. */
    byte @Nullable [] name() {
        return name;
    }

    /** Whether the client does not ask for ALPN, or offers one of these protocols. */
    public boolean speaksOneOf(Collection<String> protocols) {
        return applicationProtocols == null || protocols.stream().anyMatch(applicationProtocols::contains);
    }

    /**
     * Whether the client can use {@code identity}'s kind of key: it knows a signature of that kind (RFC 8446 section 4.2.3), and speaks
     * TLS 1.3 or offers a cipher suite of TLS 1.2 for it. Keys of other kinds than RSA, ECDSA and Edwards: no.
     */
    boolean verifies(Identity identity) {
        return switch (identity.key().getAlgorithm()) {
            case "EC" -> knows(ecdsaSchemes(identity), List.of(0x0403, 0x0503, 0x0603)) && offers(ECDSA_SUITES);
            case "RSA" -> knows(List.of(0x0804, 0x0805, 0x0806), List.of(0x0401, 0x0501, 0x0601)) && offers(RSA_SUITES);
            case "RSASSA-PSS" -> knows(List.of(0x0809, 0x080A, 0x080B), List.of()) && offers(RSA_SUITES);
            case "EdDSA", "Ed25519", "Ed448" -> knows(List.of(0x0807, 0x0808), List.of()) && offers(ECDSA_SUITES);
            default -> false;
        };
    }

    /** A scheme of TLS 1.3 names the curve as well. */
    private static List<Integer> ecdsaSchemes(Identity identity) {
        int size = ((ECPublicKey) identity.chain().get(0).getPublicKey())
                .getParams()
                .getCurve()
                .getField()
                .getFieldSize();
        return List.of(size <= 256 ? 0x0403 : size <= 384 ? 0x0503 : 0x0603);
    }

    /** A client of TLS 1.2 that names no schemes knows what its cipher suites say. */
    private boolean knows(List<Integer> inAnyVersion, List<Integer> inTls12) {
        return schemes.isEmpty()
                || inAnyVersion.stream().anyMatch(schemes::contains)
                || (!tls13 && inTls12.stream().anyMatch(schemes::contains));
    }

    private boolean offers(Set<Integer> tls12) {
        return tls13 || tls12.stream().anyMatch(suites::contains);
    }

    /** The name, quoted by nothing: take care where it goes. */
    @Override
    public String toString() {
        return "ClientHello[" + serverName() + (tls13 ? " TLS 1.3" : "") + "]";
    }
}
