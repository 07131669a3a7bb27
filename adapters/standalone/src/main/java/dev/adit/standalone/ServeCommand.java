package dev.adit.standalone;

import dev.adit.Gateway;
import dev.adit.netty.TlsEngine;
import dev.adit.sources.DirectorySource;
import dev.adit.standalone.RunningGateway.Listeners;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Serves traffic. */
@Command(
        name = "serve",
        description = {"Serves HTTP and HTTPS as the manifests say, and follows their changes while it runs.", ""},
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Changes of the manifests are served at once; requests under way end as they began. A broken file",
            "leaves its last good state in force and is reported on standard error. Ctrl-C lets requests under way",
            "finish, then exits.",
            "",
            "Exit codes: 0 stopped by a signal; 2 a path cannot be read, or a port is taken.",
            "",
            "Examples:",
            "  adit serve --demo",
            "  adit serve -f manifests/ --http 80 --https 443 --admin 9090",
            "  adit serve -f manifests/ --controller k8s.io/ingress-nginx --class-annotation nginx --profile ingress-nginx"
        })
final class ServeCommand implements Callable<Integer> {
    private static final String LOOPBACK = "127.0.0.1";
    private static final int NO_PORT = -1;

    @Mixin
    private Selection selection = new Selection();

    @Mixin
    private PoolOptions pools = new PoolOptions();

    @Option(
            names = "--demo",
            description =
                    "Serve a small shop with backends of its own and print curl lines to try. Needs no " + "manifests.")
    private boolean demo;

    @Option(
            names = "--http",
            paramLabel = "PORT",
            defaultValue = "8080",
            converter = PortOrOff.class,
            description = "Port for HTTP; 0: any free one; off: none. Default: ${DEFAULT-VALUE}")
    private int http;

    @Option(
            names = "--https",
            paramLabel = "PORT",
            defaultValue = "8443",
            converter = PortOrOff.class,
            description = "Port for HTTPS; 0: any free one; off: none. Default: ${DEFAULT-VALUE}")
    private int https;

    @Option(
            names = "--tls-engine",
            paramLabel = "auto|jdk|openssl",
            defaultValue = "auto",
            converter = TlsEngineName.class,
            description = "Who encrypts HTTPS: the JDK; OpenSSL, which takes less processor time; or OpenSSL where its "
                    + "native library loads, else the JDK. Netty only. Default: ${DEFAULT-VALUE}")
    private TlsEngine tlsEngine = TlsEngine.AUTO;

    @Option(
            names = "--tls-ticket-key-file",
            paramLabel = "FILE",
            description =
                    "Keys of TLS session tickets, to share among gateways: each line the Base64 of 48 or 80 random "
                            + "bytes. The first seals, all open; changes are followed. OpenSSL only. Default: random keys, a new one "
                            + "every ten minutes")
    private @Nullable Path ticketKeys;

    @Option(
            names = "--bind",
            paramLabel = "ADDR",
            description = "Address to listen at for HTTP and HTTPS. Default: all; with --demo 127.0.0.1")
    private @Nullable InetAddress bind;

    @Option(
            names = "--admin",
            paramLabel = "[ADDR:]PORT",
            converter = AdminAddress.class,
            description = "Answer /healthz, /readyz, /routes and /pools (JSON) there. ADDR: 127.0.0.1 unless given. "
                    + "Default: off")
    private @Nullable InetSocketAddress admin;

    @Option(
            names = "--transport",
            paramLabel = "NAME",
            defaultValue = "netty",
            converter = TransportName.class,
            description = "Who moves the bytes: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}",
            completionCandidates = TransportNames.class)
    private Transport transport = Transport.NETTY;

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli fills in what is annotated
    ServeCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        if (demo == selection.hasPaths()) {
            throw new Adit.UnusableException(
                    demo ? "--demo brings its own manifests: leave out -f" : "nothing to serve: use -f PATH or --demo");
        }
        if (http == NO_PORT && https == NO_PORT) {
            throw new Adit.UnusableException("nothing to serve on: --http and --https are both off");
        }
        if (ticketKeys != null && transport != Transport.NETTY) {
            throw new Adit.UnusableException("only --transport netty has --tls-ticket-key-file");
        }
        if (tlsEngine == TlsEngine.OPENSSL && transport != Transport.NETTY) {
            throw new Adit.UnusableException("only --transport netty has --tls-engine openssl");
        }
        if (selection.settings().sslPassthrough() && transport != Transport.NETTY) {
            throw new Adit.UnusableException("only --transport netty has --option enable-ssl-passthrough=true");
        }
        if (!tlsEngine.isAvailable()) {
            throw new Adit.UnusableException("--tls-engine openssl: its native library does not load here");
        }
        Gateway.Builder gateway = pools.apply(Gateway.builder().settings(selection.settings()));
        List<Path> paths = demo ? List.of() : selection.paths();
        ConsoleLog.install();
        Deque<Runnable> open = new ConcurrentLinkedDeque<>();
        Thread stop = new Thread(() -> stop(open), "adit-stop");
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            Demo shop = null;
            if (demo) {
                shop = Demo.open();
                open.push(shop::close);
                paths = List.of(shop.folder());
            }
            open.push(start(gateway, paths, shop)::close);
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            Runtime.getRuntime().removeShutdownHook(stop);
            open.forEach(Runnable::run);
            throw new Adit.UnusableException("cannot serve: " + e.getMessage());
        }
        // Until a signal ends the process.
        new CountDownLatch(1).await();
        return Adit.OK;
    }

    /** Closes what was opened, the last first, and ends the process. */
    private void stop(Deque<Runnable> open) {
        open.forEach(Runnable::run);
        PrintWriter out = spec.commandLine().getOut();
        out.println("Adit has stopped.");
        out.flush();
        // A signal that was obeyed is no error, whatever its number adds to the exit code.
        Runtime.getRuntime().halt(Adit.OK);
    }

    private RunningGateway start(Gateway.Builder gateway, List<Path> paths, @Nullable Demo shop) throws IOException {
        DirectorySource source = DirectorySource.of(paths.toArray(Path[]::new));
        InetAddress address = bind == null && shop != null ? NetUtil.LOCALHOST4 : bind;
        RunningGateway running = RunningGateway.start(
                gateway, source, transport, new Listeners(address, http, https, tlsEngine, ticketKeys, admin));
        PrintWriter out = spec.commandLine().getOut();
        String host = address == null ? "0.0.0.0" : NetUtil.toAddressString(address);
        out.println("Adit serves"
                + (http == NO_PORT ? "" : " http://" + authority(host, running.httpPort()))
                + (https == NO_PORT ? "" : " https://" + authority(host, running.httpsPort()))
                + (admin == null ? "" : ", admin http://" + authority(admin.getHostString(), running.adminPort())));
        if (shop != null && address != null) {
            shop.printLines(
                    out, address.isAnyLocalAddress() ? LOOPBACK : host, running.httpPort(), running.httpsPort());
        }
        out.flush();
        return running;
    }

    private static String authority(String host, int port) {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }

    static final class PortOrOff implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String value) {
            return value.equals("off") ? NO_PORT : port(value);
        }

        static int port(String value) {
            try {
                int port = Integer.parseInt(value);
                if (port >= 0 && port <= 65535) {
                    return port;
                }
            } catch (NumberFormatException e) {
                // Said below, as for a number that is no port.
            }
            throw new TypeConversionException("expected a port from 0 to 65535, not '" + value + "'");
        }
    }

    private static final class TlsEngineName implements ITypeConverter<TlsEngine> {
        @Override
        public TlsEngine convert(String value) {
            return switch (value) {
                case "auto" -> TlsEngine.AUTO;
                case "jdk" -> TlsEngine.JDK;
                case "openssl" -> TlsEngine.OPENSSL;
                default -> throw new TypeConversionException("'" + value + "' is none of auto, jdk, openssl");
            };
        }
    }

    static final class AdminAddress implements ITypeConverter<InetSocketAddress> {
        @Override
        public InetSocketAddress convert(String value) {
            int colon = value.lastIndexOf(':');
            String host = colon < 0 ? LOOPBACK : value.substring(0, colon);
            InetSocketAddress address = new InetSocketAddress(host, PortOrOff.port(value.substring(colon + 1)));
            if (address.isUnresolved()) {
                throw new TypeConversionException("unknown address '" + host + "'");
            }
            return address;
        }
    }

    /** The values of {@code --transport}. */
    private static final class TransportNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(Transport.values()).map(Transport::toString).iterator();
        }
    }

    private static final class TransportName implements ITypeConverter<Transport> {
        @Override
        public Transport convert(String value) {
            for (Transport transport : Transport.values()) {
                if (transport.toString().equals(value)) {
                    return transport;
                }
            }
            throw new TypeConversionException("'" + value + "' is none of " + Arrays.toString(Transport.values()));
        }
    }
}
