package dev.adit.tck;

import dev.adit.balancer.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An endpoint as an EndpointSlice lists it.
 *
 * @param uid of the pod behind it; empty for none
 * @param conditions those that are set, by name
 */
record Listing(int port, String uid, Map<String, String> conditions) {
    private static final List<String> CONDITIONS = List.of("ready", "serving", "terminating");

    /** An endpoint that is ready, and of whose pod nothing is known. */
    static Listing ready(int port) {
        return new Listing(port, "", Map.of("ready", "true"));
    }

    /**
     * What a line of a script says.
     *
     * @param line {@code 2 ready=false serving=true terminating=true uid=b}, all but the endpoint's number optional
     * @param ports of the endpoints of the case, in order
     */
    static Listing of(String line, List<Integer> ports) {
        String[] words = line.strip().split("\\s+");
        String uid = "";
        Map<String, String> conditions = new TreeMap<>();
        for (int i = 1; i < words.length; i++) {
            String[] option = words[i].split("=", 2);
            if (option.length == 2 && option[0].equals("uid")) {
                uid = option[1];
            } else if (option.length == 2 && CONDITIONS.contains(option[0])) {
                conditions.put(option[0], option[1]);
            } else {
                throw new IllegalArgumentException("no condition of an endpoint: " + words[i]);
            }
        }
        return new Listing(ports.get(Integer.parseInt(words[0]) - 1), uid, conditions);
    }

    Endpoint endpoint() {
        return new Endpoint("127.0.0.1", port, uid);
    }

    /** One element of {@code endpoints} of an EndpointSlice. */
    String yaml() {
        String target = uid.isEmpty() ? "" : ", targetRef: {kind: Pod, name: pod-" + uid + ", uid: " + uid + "}";
        StringBuilder set = new StringBuilder();
        conditions.forEach((name, value) ->
                set.append(set.isEmpty() ? "" : ", ").append(name).append(": ").append(value));
        return "{addresses: [127.0.0.1], conditions: {" + set + "}" + target + "}";
    }
}
