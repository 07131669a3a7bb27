package dev.adit.compile;

/**
 * Where a finding belongs in the report, so that it can be replaced when what it is about was looked at again.
 *
 * @param age within a stage, the age of what it is about
 * @param text of one age, a text that decides
 */
record Place(Stage stage, Age age, String text) implements Comparable<Place> {
    /** Findings are ordered by what had to be looked at to make them. */
    enum Stage {
        CLASSES,
        SETTINGS,
        /** One Ingress, and the Services it refers to. */
        INGRESSES,
        /** The Secrets by which TLS is spoken to endpoints. */
        UPSTREAMS,
        /** The TLS sections of all Ingresses. */
        CERTIFICATES,
        /** What clients of hosts must show. */
        CLIENTS,
        /** All Ingresses that speak about one host. */
        HOSTS,
        /** Services without endpoints. */
        ENDPOINTS
    }

    static final Place CLASSES = new Place(Stage.CLASSES, Age.FIRST, "");
    static final Place SETTINGS = new Place(Stage.SETTINGS, Age.FIRST, "");
    static final Place UPSTREAMS = new Place(Stage.UPSTREAMS, Age.FIRST, "");
    static final Place CERTIFICATES = new Place(Stage.CERTIFICATES, Age.FIRST, "");

    static final Place CLIENTS = new Place(Stage.CLIENTS, Age.FIRST, "");

    static Place ofIngress(Age age) {
        return new Place(Stage.INGRESSES, age, "");
    }

    static Place ofHost(String host) {
        return new Place(Stage.HOSTS, Age.FIRST, host);
    }

    /** @param field where the oldest user of a Service names it */
    static Place ofEndpoints(Age age, String field) {
        return new Place(Stage.ENDPOINTS, age, field);
    }

    @Override
    public int compareTo(Place other) {
        int order = stage.compareTo(other.stage);
        order = order != 0 ? order : age.compareTo(other.age);
        return order != 0 ? order : text.compareTo(other.text);
    }
}
