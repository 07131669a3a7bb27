package dev.adit.standalone;

import dev.adit.ConfigSource;
import dev.adit.Gateway;
import dev.adit.netty.TlsEngine;
import dev.adit.policy.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A gateway with everything it needs to run.
 *
 * <pre>
 * source --manifests--> updates --table--> gateway <--exchanges-- transport <== clients
 *                        ^  |                 ^
 *                     timer log             admin
 * </pre>
 */
final class RunningGateway implements AutoCloseable {
    private final ConfigSource source;
    private final ScheduledExecutorService timer;
    private final Transport.Running transport;
    private final @Nullable AdminServer admin;

    private RunningGateway(
            ConfigSource source,
            ScheduledExecutorService timer,
            Transport.Running transport,
            @Nullable AdminServer admin) {
        this.source = source;
        this.timer = timer;
        this.transport = transport;
        this.admin = admin;
    }

    /**
     * Where a gateway listens.
     *
     * @param bind address of the client side, or null for all
     * @param http port, 0 for any free one, negative for none
     * @param https as {@code http}
     * @param tlsEngine who encrypts HTTPS
     * @param ticketKeys the file with keys of session tickets, or null for random ones
     * @param admin address of the operator's side, or null for none
     */
    record Listeners(
            @Nullable InetAddress bind,
            int http,
            int https,
            TlsEngine tlsEngine,
            @Nullable Path ticketKeys,
            @Nullable InetSocketAddress admin) {
        Listeners(@Nullable InetAddress bind, int http, int https, @Nullable InetSocketAddress admin) {
            this(bind, http, https, TlsEngine.AUTO, null, admin);
        }
    }

    /** Reads the source once and serves; then follows it. */
    static RunningGateway start(Settings settings, ConfigSource source, Transport transport, Listeners listeners)
            throws IOException {
        return start(Gateway.builder().settings(settings), source, transport, listeners);
    }

    /** The same for a gateway that has more said about it. */
    static RunningGateway start(Gateway.Builder builder, ConfigSource source, Transport transport, Listeners listeners)
            throws IOException {
        Gateway gateway = builder.defaultIdentity(GeneratedCertificates.standIn())
                .endpointListener(new EndpointLog())
                .listener(new DistrustLog(System::nanoTime))
                .build();
        ScheduledExecutorService timer = timer();
        Updates updates = new Updates(
                gateway,
                InstantSource.system(),
                (task, delay) -> timer.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS));
        AdminServer admin = listeners.admin == null ? null : AdminServer.start(gateway, listeners.admin);
        try {
            source.start(updates::update);
            Transport.Running running = transport.start(gateway, listeners);
            if (admin != null) {
                admin.ready(true);
            }
            return new RunningGateway(source, timer, running, admin);
        } catch (RuntimeException e) {
            source.close();
            timer.shutdown();
            if (admin != null) {
                admin.close();
            }
            throw e;
        }
    }

    /** One thread; what it has not begun when it is shut down, and what comes later, is dropped. */
    private static ScheduledExecutorService timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    Thread thread = new Thread(task, "adit-timer");
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    /** The port for plain HTTP, or negative if there is none. */
    int httpPort() {
        return transport.httpPort();
    }

    /** The port for HTTPS, or negative if there is none. */
    int httpsPort() {
        return transport.httpsPort();
    }

    /** The operator's port, or negative if there is none. */
    int adminPort() {
        return admin == null ? -1 : admin.port();
    }

    /** Takes no new connection, lets requests under way finish for a while, and returns. */
    @Override
    public void close() {
        if (admin != null) {
            admin.ready(false);
        }
        source.close();
        timer.shutdown();
        transport.close();
        if (admin != null) {
            admin.close();
        }
    }
}
