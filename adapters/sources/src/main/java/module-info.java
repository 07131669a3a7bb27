/** Where manifests come from. */
module dev.adit.sources {
    requires static org.jspecify;
    requires transitive dev.adit.core;

    exports dev.adit.sources;
}
