package dev.adit.tck;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One thing a transport is asked for.
 *
 * @param topic what the cases of its file are about
 * @param file the resource that it is written in
 * @param line where it begins there
 * @param name what is asked, unique in its file
 * @param needs what a transport must be capable of
 * @param endpoints {@code live} or {@code refused}, one for each endpoint of the Service {@code web}
 * @param manifest the Ingresses and Services, as YAML
 * @param settings options of the gateway
 * @param limits options of the transport
 * @param policies of the route, beyond what its manifest says
 * @param steps what happens, in order
 */
record Case(
        String topic,
        String file,
        int line,
        String name,
        Set<Capability> needs,
        List<String> endpoints,
        String manifest,
        Map<String, String> settings,
        Map<String, String> limits,
        List<Policy> policies,
        List<Step> steps) {
    Case {
        needs = Set.copyOf(needs);
        endpoints = List.copyOf(endpoints);
        settings = Map.copyOf(settings);
        limits = Map.copyOf(limits);
        policies = List.copyOf(policies);
        steps = List.copyOf(steps);
    }

    @Override
    public String toString() {
        return topic + ": " + name;
    }
}
