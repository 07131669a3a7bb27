package org.eclipse.jetty.util.ssl;

import java.util.Collection;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;

/** A server name as Jetty's key manager finds it in an engine's parameters after the hello was read. */
public final class AskedName {
    private AskedName() {}

    public static Collection<SNIMatcher> of(String serverName) {
        SslContextFactory.AliasSNIMatcher matcher = new SslContextFactory.AliasSNIMatcher();
        matcher.matches(new SNIHostName(serverName));
        return List.of(matcher);
    }
}
