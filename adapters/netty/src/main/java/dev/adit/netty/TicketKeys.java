package dev.adit.netty;

import dev.adit.tls.ServerTls;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What session tickets are sealed with (RFC 5077 section 4, RFC 8446 section 4.6.1): of several secrets the first seals, all of them open.
 *
 * <pre>
 *   given:      lines of text ──replace──▶ secrets, until the next
 *   generated:  a random one; whenever it has sealed for {@link ServerTls#SESSION_LIFETIME}, a new one goes first and the one
 *               before opens for as long again, then it is forgotten
 *
 *   secret ──HMAC of a purpose──▶ name 16 | HMAC key 16 | AES key 16
 * </pre>
 *
 * No key is used for two purposes, so that a ticket is good for the certificate and the suites that it was made under only, at whichever
 * gateway has the same secret. Safe for any number of threads.
 */
final class TicketKeys {
    /** Lengths of secrets in bytes: those of nginx's {@code ssl_session_ticket_key}. */
    private static final List<Integer> LENGTHS = List.of(48, 80);

    private static final int MOST = 16;
    private static final String MAC = "HmacSHA256";

    private final LongSupplier nanoTime;
    private final SecureRandom random = new SecureRandom();
    private final boolean given;
    private volatile long since;
    private volatile Secrets secrets;

    /** Some secrets; no other object stands for these. */
    static final class Secrets {
        private final List<byte[]> all;

        private Secrets(List<byte[]> all) {
            this.all = all;
        }

        /** Keys for {@code purpose}, in the order of the secrets. */
        OpenSslSessionTicketKey[] keys(String purpose) {
            return all.stream().map(secret -> key(secret, purpose)).toArray(OpenSslSessionTicketKey[]::new);
        }
    }

    private TicketKeys(Secrets first, boolean given, LongSupplier nanoTime) {
        this.secrets = first;
        this.given = given;
        this.nanoTime = nanoTime;
        since = nanoTime.getAsLong();
    }

    /** Makes its own, and new ones as time passes. */
    static TicketKeys generated(LongSupplier nanoTime) {
        TicketKeys keys = new TicketKeys(new Secrets(List.of()), false, nanoTime);
        keys.secrets = new Secrets(List.of(keys.fresh()));
        return keys;
    }

    /** Has those of {@code lines}, as {@link #replace}. */
    static TicketKeys of(String lines) {
        return new TicketKeys(new Secrets(parse(lines)), true, System::nanoTime);
    }

    /**
     * Has other secrets from now on.
     *
     * @param lines each the Base64 of 48 or 80 random bytes; empty lines, and those that begin with {@code #}, do not count
     * @throws IllegalArgumentException if there is none or something else; the message shows nothing of it
     */
    void replace(String lines) {
        secrets = new Secrets(parse(lines));
    }

    private static List<byte[]> parse(String lines) {
        List<byte[]> all = new ArrayList<>();
        int number = 0;
        for (String line : lines.split("\\R")) {
            number++;
            String text = line.strip();
            if (!text.isEmpty() && !text.startsWith("#")) {
                all.add(secret(text, number));
            }
        }
        if (all.isEmpty() || all.size() > MOST) {
            throw new IllegalArgumentException("there are " + all.size() + " ticket keys, not 1 to " + MOST);
        }
        return List.copyOf(all);
    }

    private static byte[] secret(String text, int number) {
        byte[] secret;
        try {
            secret = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            // Its message would show a part of what may be a key.
            throw new IllegalArgumentException("line " + number + " is no Base64");
        }
        if (!LENGTHS.contains(secret.length)) {
            throw new IllegalArgumentException("line " + number + " holds " + secret.length + " bytes, not 48 or 80");
        }
        return secret;
    }

    /** Those to use now. */
    Secrets current() {
        if (!given && nanoTime.getAsLong() - since >= ServerTls.SESSION_LIFETIME.toNanos()) {
            rotate();
        }
        return secrets;
    }

    private synchronized void rotate() {
        long now = nanoTime.getAsLong();
        long age = now - since;
        long lifetime = ServerTls.SESSION_LIFETIME.toNanos();
        if (age < lifetime) {
            return; // somebody was faster
        }
        // Nothing that the last one has sealed is good any more if nobody came for long.
        secrets = new Secrets(age < 2 * lifetime ? List.of(fresh(), secrets.all.get(0)) : List.of(fresh()));
        since = now;
    }

    private byte[] fresh() {
        byte[] secret = new byte[LENGTHS.get(0)];
        random.nextBytes(secret);
        return secret;
    }

    /** HKDF-Expand (RFC 5869 section 2.3) of two blocks; a secret is random already, so that nothing need be extracted. */
    private static OpenSslSessionTicketKey key(byte[] secret, String purpose) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(secret, MAC));
            byte[] info = purpose.getBytes(StandardCharsets.UTF_8);
            mac.update(info);
            byte[] first = mac.doFinal(new byte[] {1});
            mac.update(first);
            mac.update(info);
            byte[] second = mac.doFinal(new byte[] {2});
            return new OpenSslSessionTicketKey(
                    Arrays.copyOf(first, OpenSslSessionTicketKey.NAME_SIZE),
                    Arrays.copyOfRange(first, OpenSslSessionTicketKey.NAME_SIZE, first.length),
                    Arrays.copyOf(second, OpenSslSessionTicketKey.AES_KEY_SIZE));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + MAC, e);
        }
    }

    /** Nothing of them. */
    @Override
    public String toString() {
        return "TicketKeys[" + (given ? "given" : "generated") + "]";
    }
}
