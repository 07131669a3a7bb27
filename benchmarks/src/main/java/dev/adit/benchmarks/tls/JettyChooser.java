package dev.adit.benchmarks.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import javax.net.ssl.X509ExtendedKeyManager;
import org.eclipse.jetty.util.ssl.AskedName;
import org.eclipse.jetty.util.ssl.SniX509ExtendedKeyManager;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.ssl.X509;
import org.jspecify.annotations.Nullable;

/** Jetty's choice of an alias, over certificates that are nothing but a name. */
final class JettyChooser extends SniX509ExtendedKeyManager implements Chooser {
    private static final String KEY_TYPE = "RSA";

    JettyChooser(ServerNames names) {
        super(new Aliases(names.patterns.size()), new Certificates(names));
    }

    @Override
    public Object choose(String name) {
        return chooseServerAlias(KEY_TYPE, null, AskedName.of(name), null);
    }

    @Override
    public int number(@Nullable Object choice) {
        return SniSelector.DELEGATE.equals(choice) ? ServerNames.DEFAULT : Integer.parseInt(String.valueOf(choice));
    }

    private static final class Certificates extends SslContextFactory.Server {
        private final Map<String, X509> byAlias = new HashMap<>();

        Certificates(ServerNames names) {
            for (int i = 0; i < names.patterns.size(); i++) {
                String alias = Integer.toString(i);
                byAlias.put(alias, new X509(alias, new NamedCertificate(names.patterns.get(i))));
            }
        }

        @Override
        public @Nullable X509 getX509(String alias) {
            return byAlias.get(alias);
        }
    }

    private static final class Aliases extends X509ExtendedKeyManager {
        private final String[] aliases;

        Aliases(int size) {
            aliases = IntStream.range(0, size).mapToObj(Integer::toString).toArray(String[]::new);
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return aliases;
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal[] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            return null;
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return null;
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return null;
        }
    }
}
