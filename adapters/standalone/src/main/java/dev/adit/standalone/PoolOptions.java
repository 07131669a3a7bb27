package dev.adit.standalone;

import dev.adit.Gateway;
import dev.adit.balancer.SessionTokens;
import dev.adit.balancer.ZonePreference;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the operator of a process says about its pools, and no manifest can. */
final class PoolOptions {
    private static final int DIGITS = 2 * SessionTokens.KEY_OCTETS;

    /** With room for the end of the line. */
    private static final int LONGEST = DIGITS + 2;

    @Option(
            names = "--session-key-file",
            paramLabel = "FILE",
            description = "Key of the cookies of sticky sessions: 32 hexadecimal digits, as openssl rand -hex 16 makes "
                    + "them. With the same key they are good after a restart and at every replica. Default: a new key")
    private @Nullable Path sessionKeyFile;

    @Option(
            names = "--zone",
            paramLabel = "NAME",
            description =
                    "Where this process runs: endpoints of that zone are preferred while enough of them are left. "
                            + "Default: none are")
    private @Nullable String zone;

    @SuppressWarnings("NullAway.Init") // picocli fills in what is annotated
    PoolOptions() {}

    /**
     * Says it to a gateway.
     *
     * @throws Adit.UnusableException if the key cannot be read; the message does not tell what was there instead
     */
    Gateway.Builder apply(Gateway.Builder gateway) {
        if (sessionKeyFile != null) {
            gateway.sessionKey(key(sessionKeyFile));
        }
        if (zone != null) {
            if (zone.isEmpty()) {
                throw new Adit.UnusableException("--zone: a zone has a name");
            }
            ZonePreference preference = ZonePreference.of(zone);
            gateway.pools(settings -> settings.with(preference));
        }
        return gateway;
    }

    private static byte[] key(Path file) {
        String text;
        try (InputStream in = Files.newInputStream(file)) {
            text = new String(in.readNBytes(LONGEST + 1), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new Adit.UnusableException("--session-key-file: cannot read " + file);
        }
        String digits = text.strip();
        if (text.length() > LONGEST || !digits.matches("[0-9a-fA-F]{" + DIGITS + "}")) {
            throw new Adit.UnusableException("--session-key-file: " + file + " does not hold " + DIGITS
                    + " hexadecimal digits and nothing else");
        }
        return HexFormat.of().parseHex(digits);
    }
}
