package dev.adit.standalone;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.Compilation;
import dev.adit.Gateway;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Manifests;
import dev.adit.manifest.Secret;
import dev.adit.policy.Settings;
import dev.adit.sources.DirectorySource;
import dev.adit.standalone.RunningGateway.Listeners;
import dev.adit.tls.Identity;
import dev.adit.tls.PemException;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** No piece of a private key is ever said, however its Secret is broken and whoever is asked, at the finest level of the log. */
class KeyLeakTest {
    private static final Identity IDENTITY = identity();
    private static final Identity OTHER = identity();
    private static final String PEM = pem(IDENTITY.key());
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    /** Shorter pieces are found by chance, or are the same in all keys. */
    private static final int PIECE = 16;

    private static final List<String> FORBIDDEN = forbidden();

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final Logger root = Logger.getLogger("");
    private final Level levelBefore = root.getLevel();
    private final Handler collector = new Handler() {
        @Override
        public void publish(LogRecord record) {
            log.add(new ConsoleLog().format(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @TempDir
    private Path folder;

    private static Identity identity() {
        Instant now = Instant.now();
        return Identity.selfSigned(
                "leak", List.of("a.test"), now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(30)));
    }

    private static String pem(PrivateKey key) {
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }

    /** The forms that a key may be written in, without what is the same in every key. */
    private static List<String> forbidden() {
        ECPrivateKey key = (ECPrivateKey) IDENTITY.key();
        String number = key.getS().toString(16);
        String der = Base64.getEncoder().encodeToString(key.getEncoded());
        String ofOther = Base64.getEncoder().encodeToString(OTHER.key().getEncoded());
        int same = 0;
        while (der.charAt(same) == ofOther.charAt(same)) {
            same++;
        }
        String text = Base64.getEncoder().encodeToString(PEM.getBytes(ISO_8859_1));
        String textOfOther = Base64.getEncoder().encodeToString(pem(OTHER.key()).getBytes(ISO_8859_1));
        int sameText = 0;
        while (text.charAt(sameText) == textOfOther.charAt(sameText)) {
            sameText++;
        }
        List<String> pieces = new ArrayList<>();
        addPieces(pieces, der.substring(same));
        addPieces(pieces, text.substring(sameText, sameText + 2 * PIECE));
        addPieces(pieces, number);
        addPieces(pieces, number.toUpperCase(Locale.ROOT));
        addPieces(pieces, key.getS().toString());
        addPieces(pieces, HexFormat.ofDelimiter(":").formatHex(key.getS().toByteArray()));
        return pieces;
    }

    private static void addPieces(List<String> pieces, String text) {
        for (int i = 0; i + PIECE <= text.length(); i++) {
            pieces.add(text.substring(i, i + PIECE));
        }
    }

    private static void requireClean(String where, String said) {
        String joined = said.replace("\r", "").replace("\n", "");
        assertThat(FORBIDDEN.stream().filter(piece -> said.contains(piece) || joined.contains(piece)))
                .as("pieces of the key in " + where + ":\n" + said)
                .isEmpty();
    }

    @BeforeEach
    void listen() {
        root.setLevel(Level.ALL);
        root.addHandler(collector);
    }

    @AfterEach
    void nothingWasLogged() {
        root.removeHandler(collector);
        root.setLevel(levelBefore);
        requireClean("the log", String.join("\n", log));
    }

    /** What may stand in {@code tls.key}, by what is wrong with it. */
    private static Map<String, String> keys() {
        String body = PEM.lines().skip(1).limit(3).reduce("", (a, b) -> a + b + "\n");
        Map<String, String> keys = new TreeMap<>();
        keys.put("nothing", PEM);
        keys.put("no END line", PEM.replace("-----END PRIVATE KEY-----", ""));
        keys.put("another END line", PEM.replace("END PRIVATE", "END EC PRIVATE"));
        keys.put("a broken BEGIN line", PEM.replace("KEY-----\n", "KEY----\n"));
        keys.put("no lines around it", body);
        keys.put("a letter that is no Base64", PEM.replaceFirst("\n(.)", "\n*$1"));
        keys.put("a letter too few", PEM.replaceFirst("\n.", "\n"));
        keys.put(
                "only its beginning",
                "-----BEGIN PRIVATE KEY-----\n" + body.substring(0, 40) + "\n-----END PRIVATE KEY-----\n");
        keys.put("only its end", "-----BEGIN PRIVATE KEY-----\n" + body.substring(40) + "-----END PRIVATE KEY-----\n");
        keys.put("named RSA", PEM.replace("PRIVATE KEY", "RSA PRIVATE KEY"));
        keys.put("named EC", PEM.replace("PRIVATE KEY", "EC PRIVATE KEY"));
        keys.put("named DSA", PEM.replace("PRIVATE KEY", "DSA PRIVATE KEY"));
        keys.put("named OpenSSH", PEM.replace("PRIVATE KEY", "OPENSSH PRIVATE KEY"));
        keys.put("named encrypted", PEM.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"));
        keys.put("named a certificate", PEM.replace("PRIVATE KEY", "CERTIFICATE"));
        keys.put("named parameters", PEM.replace("PRIVATE KEY", "EC PARAMETERS"));
        keys.put("PEM headers", PEM.replaceFirst("\n", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n"));
        keys.put("unknown PEM headers", PEM.replaceFirst("\n", "\nX: y\n\n"));
        keys.put("the key of another certificate", pem(OTHER.key()) + PEM);
        keys.put("no bytes", "");
        keys.put("DER", new String(IDENTITY.key().getEncoded(), ISO_8859_1));
        keys.put("the number", ((ECPrivateKey) IDENTITY.key()).getS().toString(16));
        keys.put("too long", PEM + "#".repeat(1 << 20));
        return keys;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(ISO_8859_1));
    }

    private static String secret(String type, String data) {
        return """
                apiVersion: v1
                kind: Secret
                metadata: {name: leak, namespace: shop}
                type: %s
                %s
                """.formatted(type, data);
    }

    private static String secretOf(String certificate, String key) {
        return secret(
                "kubernetes.io/tls", "data: {tls.crt: " + base64(certificate) + ", tls.key: " + base64(key) + "}");
    }

    private static final String INGRESS = """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: web, namespace: shop}
            spec:
              tls: [{hosts: [a.test], secretName: leak}]
              defaultBackend: {service: {name: web, port: {number: 80}}}
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: guarded
              namespace: shop
              annotations:
                nginx.ingress.kubernetes.io/backend-protocol: HTTPS
                nginx.ingress.kubernetes.io/proxy-ssl-secret: shop/leak
                nginx.ingress.kubernetes.io/proxy-ssl-verify: "on"
                nginx.ingress.kubernetes.io/auth-tls-secret: shop/leak
            spec:
              rules:
              - host: guarded.test
                http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop}
            spec: {ports: [{port: 80}]}
            ---
            """;

    /** Manifests, by what is wrong with them. */
    private static Map<String, String> manifests() {
        Map<String, String> all = new TreeMap<>();
        String chain = IDENTITY.chainPem();
        keys().forEach((what, key) -> all.put("key: " + what, secretOf(chain, key)));
        keys().forEach((what, key) -> all.put("as the certificate: " + what, secretOf(key, PEM)));
        keys().forEach((what, key) -> all.put(
                "as the authority: " + what,
                secret(
                        "kubernetes.io/tls",
                        "data: {tls.crt: " + base64(chain) + ", tls.key: " + base64(PEM) + ", ca.crt: " + base64(key)
                                + "}")));
        String lines = PEM.replace("\n", "\n    ");
        all.put("plain where Base64 belongs", secret("kubernetes.io/tls", "data:\n  tls.key: |\n    " + lines));
        all.put(
                "plain, folded, where Base64 belongs",
                secret("kubernetes.io/tls", "data: {tls.crt: x, tls.key: " + body() + "=}"));
        all.put("another type", secret("Opaque", "stringData:\n  tls.key: |\n    " + lines));
        all.put("a field nobody knows", secret("kubernetes.io/tls", "stringDate:\n  tls.key: |\n    " + lines));
        all.put("a list", secret("kubernetes.io/tls", "data: [" + base64(PEM) + "]"));
        all.put("a text", secret("kubernetes.io/tls", "data: " + base64(PEM)));
        all.put("in a list", secret("kubernetes.io/tls", "data: {tls.crt: x, tls.key: [" + base64(PEM) + "]}"));
        all.put("twice", secret("kubernetes.io/tls", "data: {tls.key: " + base64(PEM) + ", tls.key: " + body() + "}"));
        all.put("without indentation", secret("kubernetes.io/tls", "stringData:\n  tls.key: |\n" + PEM));
        all.put("with tabs", secret("kubernetes.io/tls", "stringData:\n  tls.key: |\n" + PEM.replace("\n", "\n\t")));
        all.put("without its bar", secret("kubernetes.io/tls", "stringData:\n  tls.key:\n    " + lines));
        all.put("with a quote that does not end", secret("kubernetes.io/tls", "data: {tls.key: '" + base64(PEM)));
        all.put("with a brace that does not end", secret("kubernetes.io/tls", "data: {tls.key: " + base64(PEM)));
        all.put("alone", PEM);
        all.put("as JSON that breaks off", "{\"kind\": \"Secret\", \"data\": {\"tls.key\": \"" + base64(PEM));
        all.put("as JSON without quotes", "{\"kind\": \"Secret\", \"data\": {\"tls.key\": " + base64(PEM) + "}}");
        return all;
    }

    private static String body() {
        return Base64.getEncoder().encodeToString(IDENTITY.key().getEncoded());
    }

    static Stream<String> whatIsWrong() {
        return manifests().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("whatIsWrong")
    void readersAndCompilersSayNothing(String what) throws IOException {
        String text = INGRESS + manifests().get(what);
        Manifests manifests = ManifestReader.strict().read("leak.yaml", text);
        manifests.diagnostics().forEach(d -> requireClean("a diagnostic", d.toString()));
        requireClean("manifests", manifests.toString());
        requireClean("resources", manifests.resources() + " " + manifests.resourceSet());

        Gateway gateway = Gateway.builder().resources(manifests.resourceSet()).build();
        Compilation compilation = gateway.compilation();
        compilation.diagnostics().forEach(d -> requireClean("a diagnostic", d.toString()));
        requireClean("the compilation", compilation.toString());
        requireClean("the gateway", gateway.toString());
        requireClean("certificates", gateway.table().certificates().toString());
        requireClean("the table", gateway.table().toString());
        requireClean("routes", Json.write(TableView.of(gateway.table())));

        Path file = Files.writeString(folder.resolve("leak.yaml"), text);
        for (String format : List.of("text", "json")) {
            Cli check = Cli.run("check", "-f", file.toString(), "-o", format);
            requireClean("adit check", check.out() + check.err());
        }
        Cli route = Cli.runWithInput("{\"host\":\"a.test\"}", "route", "-f", file.toString());
        requireClean("adit route", route.out() + route.err());
    }

    @Test
    void exceptionsSayNothing() {
        byte[] chain = IDENTITY.chainPem().getBytes(ISO_8859_1);
        int refused = 0;
        for (String key : keys().values()) {
            for (byte[][] pair :
                    new byte[][][] {{chain, key.getBytes(ISO_8859_1)}, {key.getBytes(ISO_8859_1), chain}}) {
                try {
                    requireClean(
                            "an identity",
                            Identity.fromPem("leak", pair[0], pair[1]).toString());
                } catch (PemException e) {
                    refused++;
                    StringWriter trace = new StringWriter();
                    e.printStackTrace(new PrintWriter(trace));
                    requireClean("an exception", trace.toString());
                }
            }
        }
        assertThat(refused).isEqualTo(2 * keys().size() - 1);
    }

    @Test
    void valuesSayNothing() {
        requireClean("an identity", IDENTITY.toString());
        requireClean("its key", IDENTITY.key().toString());
        Manifests manifests = ManifestReader.strict().read("leak.yaml", secretOf(IDENTITY.chainPem(), PEM));
        requireClean("a Secret", manifests.resources().get(0).toString());
        assertThat(manifests.resources().get(0)).isInstanceOf(Secret.class);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void runningGatewaysSayNothing(Transport transport) throws Exception {
        int number = 0;
        for (String manifest : manifests().values()) {
            Files.writeString(
                    folder.resolve("broken-" + number++ + ".yaml"), manifest.replace("leak", "broken-" + number));
        }
        Files.writeString(folder.resolve("good.yaml"), INGRESS + secretOf(IDENTITY.chainPem(), PEM));
        try (RunningGateway running = RunningGateway.start(
                Settings.DEFAULT,
                DirectorySource.of(folder),
                transport,
                new Listeners(LOOPBACK, 0, 0, new InetSocketAddress(LOOPBACK, 0)))) {
            assertThat(ask(running.httpPort(), "/")).startsWith("HTTP/1.1 503"); // nobody serves it
            assertThat(shown(running.httpsPort())).isEqualTo(IDENTITY.chain().get(0));
            for (String page : List.of("/healthz", "/readyz", "/routes", "/pools", "/certificates", "/")) {
                requireClean(page, ask(running.adminPort(), page));
            }
        }
        assertThat(log).isNotEmpty();
    }

    private static Certificate shown(int port) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(LOOPBACK, port)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName("a.test")));
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    private static String ask(int port, String path) throws IOException {
        try (Socket socket = new Socket(LOOPBACK, port)) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n")
                            .getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }
}
