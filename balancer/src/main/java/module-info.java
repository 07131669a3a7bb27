/** Endpoint choice. */
module dev.adit.balancer {
    requires static org.jspecify;

    exports dev.adit.balancer;
}
