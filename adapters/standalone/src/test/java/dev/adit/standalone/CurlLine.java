package dev.adit.standalone;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * As much of curl as the demo's lines need, so that they are tried where there is none: {@code -s}, {@code -i}, {@code -H},
 * {@code --cacert}, {@code --resolve}, a range in the URL, and {@code | sort}.
 */
final class CurlLine {
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
    private static final Pattern RANGE = Pattern.compile("\\[(\\d)-(\\d)]");

    private final List<String> headers = new ArrayList<>();
    private String url = "";
    private String caFile = "";
    private boolean heads;
    private boolean sorted;

    private CurlLine() {}

    /** The lines of the answer. */
    static List<String> run(String command) throws IOException, GeneralSecurityException {
        CurlLine curl = new CurlLine();
        Matcher word = WORD.matcher(command);
        if (!word.find() || !word.group().equals("curl")) {
            throw new IllegalArgumentException(command);
        }
        while (word.find()) {
            curl.option(value(word), word);
        }
        List<String> lines = new ArrayList<>();
        for (String url : curl.urls()) {
            curl.fetch(URI.create(url)).lines().forEach(lines::add);
        }
        return curl.sorted ? lines.stream().sorted().toList() : lines;
    }

    private void option(String word, Matcher next) {
        switch (word) {
            case "-s" -> {}
            case "-si" -> heads = true;
            case "-H" -> headers.add(argument(next));
            case "--cacert" -> caFile = argument(next);
            case "--resolve" -> {
                if (!argument(next).endsWith(":127.0.0.1")) {
                    throw new IllegalArgumentException("not loopback");
                }
            }
            case "|" -> sorted = argument(next).equals("sort");
            default -> url = word;
        }
    }

    private static String argument(Matcher next) {
        if (!next.find()) {
            throw new IllegalArgumentException("an argument is missing");
        }
        return value(next);
    }

    private static String value(Matcher word) {
        return word.group(1) == null ? word.group(2) : word.group(1);
    }

    private List<String> urls() {
        Matcher range = RANGE.matcher(url);
        if (!range.find()) {
            return List.of(url);
        }
        List<String> urls = new ArrayList<>();
        for (int i = Integer.parseInt(range.group(1)); i <= Integer.parseInt(range.group(2)); i++) {
            urls.add(range.replaceFirst(Integer.toString(i)));
        }
        return urls;
    }

    private String fetch(URI uri) throws IOException, GeneralSecurityException {
        try (Socket socket = connect(uri)) {
            StringBuilder head = new StringBuilder("GET " + uri.getRawPath())
                    .append(uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery())
                    .append(" HTTP/1.1\r\nConnection: close\r\n");
            if (headers.stream().noneMatch(h -> h.startsWith("Host:"))) {
                head.append("Host: ").append(uri.getAuthority()).append("\r\n");
            }
            headers.forEach(h -> head.append(h).append("\r\n"));
            socket.getOutputStream().write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return heads ? answer : answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }

    private Socket connect(URI uri) throws IOException, GeneralSecurityException {
        Socket socket = new Socket();
        socket.setSoTimeout(10_000);
        socket.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), uri.getPort()), 10_000);
        if (uri.getScheme().equals("http")) {
            return socket;
        }
        SSLSocket secure =
                (SSLSocket) context().getSocketFactory().createSocket(socket, uri.getHost(), uri.getPort(), true);
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secure.setSSLParameters(parameters);
        return secure;
    }

    private SSLContext context() throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream in = new FileInputStream(Path.of(caFile).toFile())) {
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
