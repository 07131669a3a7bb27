package dev.adit.benchmarks.soak;

import dev.adit.tls.ClientTls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Clients of every kind. Each thread does one thing over and over, and tells {@link Results} how it went. */
final class Load {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(1);
    private static final int UPLOAD = 3 << 20;
    /** Less than a window: with more to send, the JDK's client does not hear an answer that comes early. */
    private static final int STREAM_UPLOAD = 60_000;

    /** What the JDK's client lets come on one HTTP/2 connection without having taken it; it has 32 MiB less a frame. */
    private static final int CONNECTION_WINDOW = 31 << 20;

    private static final int STREAMS = 16;
    private static final int MESSAGES = 50;
    private static final int LONGEST_MESSAGE = 100_000;

    private interface Task {
        void run(Random random) throws Exception;
    }

    private final int http;
    private final int https;
    private final Endpoints endpoints;
    private final Results results;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    Load(int http, int https, Endpoints endpoints, Results results) {
        this.http = http;
        this.https = https;
        this.endpoints = endpoints;
        this.results = results;
    }

    void start() {
        for (int i = 0; i < 3; i++) {
            KeptConnection kept = new KeptConnection();
            run("HTTP/1.1, kept", random -> kept.ask(random));
        }
        run("HTTP/1.1, closed", random -> askOnce());
        run("upload", this::upload);
        run("download", this::download);
        run("client leaves in an answer", this::leaveAnswer);
        run("client leaves in a request", this::leaveRequest);
        run("upstream leaves", random -> torn());
        HttpClient tls = client(Version.HTTP_1_1);
        run("TLS, HTTP/1.1", random -> ask(tls, random));
        HttpClient h2 = client(Version.HTTP_2);
        run("TLS, HTTP/2", random -> askMany(h2, random));
        run("TLS, HTTP/2, upload", random -> exchange(h2, "/upload", STREAM_UPLOAD));
        run("TLS, HTTP/2, download", random -> exchange(h2, "/download", 0));
        LeavingClient leaving = new LeavingClient();
        run("TLS, HTTP/2, client leaves", leaving::leave);
        run("WebSocket", random -> converse(h2, "ws://127.0.0.1:" + http, random));
        run("WebSocket, TLS", random -> converse(tls, "wss://127.0.0.1:" + https, random));
    }

    private void run(String kind, Task task) {
        Random random = new Random(threads.size());
        Thread thread = new Thread(() -> repeat(kind, task, random), kind);
        thread.start();
        threads.add(thread);
    }

    private void repeat(String kind, Task task, Random random) {
        try {
            do {
                long start = System.nanoTime();
                try {
                    task.run(random);
                    results.good(kind);
                } catch (InterruptedException e) {
                    throw e;
                } catch (Exception e) {
                    boolean explained = !isTimeout(e) && endpoints.killedDuring(start, System.nanoTime());
                    results.failed(kind, e, explained);
                }
            } while (!stopped.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            System.err.println(kind + " was interrupted");
        }
    }

    /** Whoever meets a dead endpoint is told so; nobody may wait for ever. */
    private static boolean isTimeout(@Nullable Throwable cause) {
        return cause instanceof TimeoutException
                || cause instanceof HttpTimeoutException
                || cause instanceof SocketTimeoutException
                || cause != null && isTimeout(cause.getCause());
    }

    /** Lets what is under way finish. */
    void stop() throws InterruptedException {
        stopped.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static HttpClient client(Version version) {
        return HttpClient.newBuilder()
                .version(version)
                .sslContext(ClientTls.builder().build().context())
                .connectTimeout(TIMEOUT)
                .build();
    }

    private static void expect(boolean condition, String otherwise) throws IOException {
        if (!condition) {
            throw new IOException(otherwise);
        }
    }

    // HTTP/1.1 by hand

    private Wire connect() throws IOException {
        return new Wire(new Socket(InetAddress.getLoopbackAddress(), http));
    }

    private final class KeptConnection {
        private @Nullable Wire kept;

        void ask(Random random) throws IOException {
            Wire wire = kept == null ? connect() : kept;
            kept = null;
            try {
                String method = random.nextInt(4) == 0 ? "HEAD" : "GET";
                wire.send(method + " /small HTTP/1.1\r\nHost: soak.test\r\n\r\n");
                wire.out().flush();
                Wire.Head head = wire.head();
                expect(head.second().equals("200"), head.line());
                if (method.equals("GET")) {
                    expect(Pattern.check(wire.body(head)) == Upstream.SMALL, "not a whole answer");
                }
            } catch (IOException e) {
                wire.close();
                throw e;
            }
            kept = wire;
        }
    }

    private void askOnce() throws IOException {
        try (Wire wire = connect()) {
            wire.send("GET /small HTTP/1.1\r\nHost: soak.test\r\nConnection: close\r\n\r\n");
            wire.out().flush();
            Wire.Head head = wire.head();
            expect(head.second().equals("200"), head.line());
            expect(Pattern.check(wire.body(head)) == Upstream.SMALL, "not a whole answer");
            expect(wire.in().read() < 0, "bytes after the answer");
        }
    }

    private void upload(Random random) throws IOException {
        int length = random.nextInt(UPLOAD);
        try (Wire wire = connect()) {
            sendUpload(wire, random.nextBoolean(), length);
            wire.out().flush();
            Wire.Head head = wire.head();
            expect(head.second().equals("200"), head.line());
            String count = new String(wire.body(head).readAllBytes());
            expect(count.equals(Integer.toString(length)), length + " bytes were sent, " + count + " came");
        }
    }

    private static void sendUpload(Wire wire, boolean chunked, int length) throws IOException {
        String framing = chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + length;
        wire.send("PUT /upload HTTP/1.1\r\nHost: soak.test\r\n" + framing + "\r\n\r\n");
        if (!chunked) {
            Pattern.write(wire.out(), 0, length);
            return;
        }
        InputStream in = new ByteArrayInputStream(Pattern.bytes(length));
        byte[] chunk = new byte[30_011];
        for (int read = in.read(chunk); read > 0; read = in.read(chunk)) {
            wire.sendChunk(chunk, read);
        }
        wire.sendChunk(chunk, 0);
    }

    private void download(Random random) throws IOException {
        String path = random.nextBoolean() ? "/download?chunked" : "/download";
        try (Wire wire = connect()) {
            wire.send("GET " + path + " HTTP/1.1\r\nHost: soak.test\r\n\r\n");
            wire.out().flush();
            Wire.Head head = wire.head();
            expect(head.second().equals("200"), head.line());
            expect(Pattern.check(wire.body(head)) == Upstream.DOWNLOAD, "not a whole answer");
        }
    }

    private void leaveAnswer(Random random) throws IOException {
        try (Wire wire = connect()) {
            wire.send("GET /download HTTP/1.1\r\nHost: soak.test\r\n\r\n");
            wire.out().flush();
            Wire.Head head = wire.head();
            expect(head.second().equals("200"), head.line());
            wire.body(head).readNBytes(random.nextInt(100_000));
            leave(wire, random);
        }
    }

    /** Leaves only once the gateway has begun to listen: else the connections that nobody waits for keep all others out. */
    private void leaveRequest(Random random) throws IOException {
        try (Wire wire = connect()) {
            wire.send("PUT /upload HTTP/1.1\r\nHost: soak.test\r\nExpect: 100-continue\r\nContent-Length: " + UPLOAD
                    + "\r\n\r\n");
            wire.out().flush();
            Wire.Head head = wire.head();
            expect(head.second().equals("100"), head.line());
            Pattern.write(wire.out(), 0, random.nextInt(200_000));
            wire.out().flush();
            leave(wire, random);
        }
    }

    private static void leave(Wire wire, Random random) throws IOException {
        if (random.nextBoolean()) {
            wire.reset();
        }
    }

    private void torn() throws IOException {
        try (Wire wire = connect()) {
            wire.send("GET /torn HTTP/1.1\r\nHost: soak.test\r\n\r\n");
            wire.out().flush();
            Wire.Head head = wire.head();
            expect(head.second().equals("200") || head.second().equals("502"), head.line());
            boolean torn = head.second().equals("502");
            try {
                Pattern.check(wire.body(head));
            } catch (IOException e) {
                torn = true;
            }
            expect(torn, "half an answer looks like a whole one");
        }
    }

    // The JDK's client

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + https + path))
                .timeout(TIMEOUT);
    }

    private void ask(HttpClient client, Random random) throws IOException, InterruptedException {
        if (random.nextInt(4) == 0) {
            exchange(client, "/upload", random.nextInt(50_000));
        } else {
            exchange(client, "/small", 0);
        }
    }

    /** Sends so many bytes, if any, and looks at what comes back. */
    private void exchange(HttpClient client, String path, int upload) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path);
        if (upload > 0) {
            request.POST(BodyPublishers.ofByteArray(Pattern.bytes(upload)));
        }
        check(path, upload, client.send(request.build(), BodyHandlers.ofByteArray()));
    }

    private static void check(String path, int upload, HttpResponse<byte[]> answer) throws IOException {
        expect(answer.statusCode() == 200, "status " + answer.statusCode());
        if (upload > 0) {
            expect(new String(answer.body()).equals(Integer.toString(upload)), "not every byte arrived");
        } else {
            int length = path.equals("/download") ? Upstream.DOWNLOAD : Upstream.SMALL;
            expect(Pattern.check(new ByteArrayInputStream(answer.body())) == length, "not a whole answer");
        }
    }

    private void askMany(HttpClient client, Random random) throws Exception {
        List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            answers.add(client.sendAsync(request("/small").build(), BodyHandlers.ofByteArray()));
        }
        for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
            check("/small", 0, answer.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS));
        }
    }

    /**
     * Leaves streams in the middle. The JDK's client never gives back the part of its connection's window that such a stream
     * has taken, so it is replaced before that is used up, and nobody else shares its connection.
     */
    private final class LeavingClient {
        private HttpClient client = client(Version.HTTP_2);
        private int left;

        void leave(Random random) throws IOException, InterruptedException {
            if (++left * Upstream.DOWNLOAD > CONNECTION_WINDOW) {
                client = client(Version.HTTP_2);
                left = 1;
            }
            HttpResponse<InputStream> answer = client.send(request("/download").build(), BodyHandlers.ofInputStream());
            expect(answer.statusCode() == 200, "status " + answer.statusCode());
            try (InputStream body = answer.body()) {
                body.readNBytes(random.nextInt(100_000));
            }
        }
    }

    // WebSocket

    private void converse(HttpClient client, String uri, Random random) throws Exception {
        BlockingQueue<Object> echoes = new ArrayBlockingQueue<>(MESSAGES);
        java.net.http.WebSocket socket = client.newWebSocketBuilder()
                .connectTimeout(TIMEOUT)
                .buildAsync(URI.create(uri + "/ws"), new Echoes(echoes))
                .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        try {
            for (int i = 0; i < MESSAGES; i++) {
                byte[] message = Pattern.bytes(random.nextInt(LONGEST_MESSAGE));
                socket.sendBinary(ByteBuffer.wrap(message), true).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
                Object echo = echoes.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
                if (echo == null) {
                    throw new TimeoutException("no echo");
                }
                if (echo instanceof Throwable broken) {
                    throw new IOException("the conversation broke off", broken);
                }
                expect(Integer.valueOf(message.length).equals(echo), "not the echo of what was sent: " + echo);
            }
            socket.sendClose(1000, "").get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } finally {
            socket.abort();
        }
    }

    /** Hands on the length of each message, or what ended the conversation. */
    private static final class Echoes implements java.net.http.WebSocket.Listener {
        private final BlockingQueue<Object> to;
        private int length;

        Echoes(BlockingQueue<Object> to) {
            this.to = to;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(java.net.http.WebSocket socket, ByteBuffer data, boolean last) {
            length += data.remaining();
            if (last) {
                to.add(length);
                length = 0;
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(java.net.http.WebSocket socket, int code, String reason) {
            if (code != 1000) {
                to.offer(new IOException("closed with " + code));
            }
            return null;
        }

        @Override
        public void onError(java.net.http.WebSocket socket, Throwable error) {
            to.offer(error);
        }
    }
}
