/** The Jetty transport. */
module dev.adit.jetty {
    requires static org.jspecify;
    requires transitive dev.adit.core;
    requires transitive org.eclipse.jetty.server;
    requires org.eclipse.jetty.alpn.server;
    requires org.eclipse.jetty.http2.client;
    requires org.eclipse.jetty.http2.server;

    exports dev.adit.jetty;
}
