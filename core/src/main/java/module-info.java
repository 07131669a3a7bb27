/** The Ingress compiler and the sans-I/O exchange. */
@SuppressWarnings("module") // the transports are compiled after it
module dev.adit.core {
    requires static org.jspecify;
    requires transitive dev.adit.matcher;
    requires transitive dev.adit.balancer;
    requires transitive dev.adit.tls;
    requires tools.jackson.databind;
    requires org.yaml.snakeyaml;
    requires inet.ipaddr;
    requires java.naming;
    requires re2j;

    exports dev.adit;
    exports dev.adit.diagnostic;
    exports dev.adit.exchange;
    exports dev.adit.manifest;
    exports dev.adit.policy;
    exports dev.adit.route;
    exports dev.adit.wire to
            dev.adit.jetty,
            dev.adit.netty,
            dev.adit.undertow;
}
