/** Host and path matching. */
module dev.adit.matcher {
    requires static org.jspecify;

    exports dev.adit.matcher;
}
