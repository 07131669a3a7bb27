/** Certificate choice. */
module dev.adit.tls {
    requires static org.jspecify;
    requires transitive dev.adit.matcher;

    exports dev.adit.tls;
}
