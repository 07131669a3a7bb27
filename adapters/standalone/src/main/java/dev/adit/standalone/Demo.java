package dev.adit.standalone;

import dev.adit.tls.Identity;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A small shop to try things on: manifests, which are files like anyone's and can be edited while it runs, and backends
 * on loopback that say who they are. Everything it writes is in one folder that only its user can read, and is deleted
 * at the end.
 */
final class Demo implements AutoCloseable {
    private static final String SHOP = "shop.example";
    private static final String OFFICE = "office.example";

    /** Backends by the place that the manifests leave for their port. */
    private static final Map<String, String> BACKENDS = backends();

    private final Path root;
    private final List<DemoBackend> backends;

    private Demo(Path root, List<DemoBackend> backends) {
        this.root = root;
        this.backends = backends;
    }

    private static Map<String, String> backends() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("${front}", "shop front");
        names.put("${front-next}", "next shop front (canary)");
        names.put("${catalog-1}", "catalog 1 of 3");
        names.put("${catalog-2}", "catalog 2 of 3");
        names.put("${catalog-3}", "catalog 3 of 3");
        names.put("${status}", "shop status");
        names.put("${tenants}", "tenant page");
        names.put("${office}", "back office");
        names.put("${anything}", "nobody's page (default backend)");
        return names;
    }

    /** Starts the backends and writes the manifests. */
    static Demo open() throws IOException {
        Demo demo = new Demo(Files.createTempDirectory("adit-demo-"), new ArrayList<>());
        try {
            demo.write();
            return demo;
        } catch (IOException | RuntimeException e) {
            demo.close();
            throw e;
        }
    }

    private void write() throws IOException {
        Files.createDirectory(folder());
        String shop = resource("shop.yaml");
        for (Map.Entry<String, String> entry : BACKENDS.entrySet()) {
            DemoBackend backend = DemoBackend.start(entry.getValue());
            backends.add(backend);
            shop = shop.replace(entry.getKey(), Integer.toString(backend.port()));
        }
        Files.writeString(folder().resolve("shop.yaml"), shop);

        Identity identity = GeneratedCertificates.covering("shop/shop-tls", SHOP, OFFICE);
        Files.writeString(caFile(), identity.chainPem());
        Files.writeString(
                folder().resolve("certificate.yaml"), GeneratedCertificates.secret("shop", "shop-tls", identity));
    }

    /** The folder with the manifests. */
    Path folder() {
        return root.resolve("manifests");
    }

    private Path caFile() {
        return root.resolve("ca.pem");
    }

    /**
     * Prints lines to paste, each with the first line of its answer below.
     *
     * @param address IP address to connect to
     * @param http port, negative if it is not served
     * @param https as {@code http}
     */
    void printLines(PrintWriter out, String address, int http, int https) {
        out.println();
        out.println(
                "A small shop is open. Paste a line into another terminal; the first line of its answer stands below it.");
        String at = address.indexOf(':') < 0 ? address : "[" + address + "]";
        if (http >= 0) {
            printHttp(out, "http://" + at + ":" + http);
        }
        if (https >= 0) {
            String curl = "curl -s --cacert " + caFile() + " --resolve {host}:" + https + ":" + at + " https://{host}:"
                    + https;
            printHttps(out, curl, ":" + https);
        }
        out.println();
        out.println("Its manifests are in " + folder() + ": edit them and see. Ctrl-C closes the shop.");
    }

    private static void printHttp(PrintWriter out, String at) {
        String shop = "curl -s -H 'Host: " + SHOP + "' ";
        comment(out, "Prefix /");
        line(out, shop + at + "/cart", "shop front: GET /cart for shop.example");
        comment(out, "Exact /status, and what is longer is not it");
        line(out, shop + at + "/status", "shop status: GET /status for shop.example");
        line(out, shop + at + "/status/today", "shop front: GET /status/today for shop.example");
        comment(out, "three endpoints, in turn");
        line(out, shop + "'" + at + "/catalog?page=[1-3]' | sort", "catalog 1 of 3: GET /catalog for shop.example");
        comment(out, "a canary, chosen by a header");
        line(out, shop + "-H 'X-Canary: always' " + at + "/", "next shop front (canary): GET / for shop.example");
        comment(out, "any one label before .shop.example");
        line(out, "curl -s -H 'Host: blue.shop.example' " + at + "/", "tenant page: GET / for blue.shop.example");
        comment(out, "a host with a certificate wants HTTPS");
        line(out, "curl -si -H 'Host: " + OFFICE + "' " + at + "/", "HTTP/1.1 308 Permanent Redirect");
        comment(out, "no rule names this host");
        line(
                out,
                "curl -s -H 'Host: unknown.example' " + at + "/",
                "nobody's page (default backend): GET / for unknown.example");
    }

    /** @param curl what to call, with a place for the host */
    private static void printHttps(PrintWriter out, String curl, String port) {
        comment(out, "HTTPS with the certificate of a Secret");
        line(out, curl.replace("{host}", SHOP) + "/cart", "shop front: GET /cart for shop.example" + port);
        line(out, curl.replace("{host}", OFFICE) + "/", "back office: GET / for office.example" + port);
    }

    private static void comment(PrintWriter out, String why) {
        out.println();
        out.println("  # " + why);
    }

    private static void line(PrintWriter out, String command, String answer) {
        out.println("  " + command);
        out.println("  #=> " + answer);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Demo.class.getResourceAsStream("demo/" + name)) {
            if (in == null) {
                throw new IOException("not packaged: demo/" + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Stops the backends and deletes what was written. */
    @Override
    public void close() {
        backends.forEach(DemoBackend::close);
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            System.getLogger(Demo.class.getName())
                    .log(System.Logger.Level.WARNING, "could not delete {0}: {1}", root, e.toString());
        }
    }
}
