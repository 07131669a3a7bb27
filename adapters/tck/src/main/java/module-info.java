/** The judge that every transport must pass. */
module dev.adit.tck {
    requires static org.jspecify;
    requires transitive dev.adit.core;
    requires transitive org.junit.jupiter.api;

    exports dev.adit.tck;
}
