package dev.adit.exchange;

import dev.adit.balancer.Endpoint;
import dev.adit.balancer.PickKey;
import java.util.ArrayList;
import java.util.List;

/** The endpoints at which a request has failed. Confined to its exchange. */
class Tried implements PickKey {
    private final List<Endpoint> endpoints = new ArrayList<>(2);

    void add(Endpoint endpoint) {
        endpoints.add(endpoint);
    }

    @Override
    public long hash() {
        return 0;
    }

    @Override
    public boolean tried(Endpoint endpoint) {
        return endpoints.contains(endpoint);
    }
}
