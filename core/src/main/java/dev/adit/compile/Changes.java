package dev.adit.compile;

import dev.adit.manifest.ConfigMap;
import dev.adit.manifest.EndpointSlice;
import dev.adit.manifest.Ingress;
import dev.adit.manifest.IngressClass;
import dev.adit.manifest.ObjectKey;
import dev.adit.manifest.Resource;
import dev.adit.manifest.ResourceSet;
import dev.adit.manifest.Secret;
import dev.adit.manifest.Service;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What differs between two resource sets, by what has to be looked at again because of it. */
final class Changes {
    final Set<ObjectKey> ingresses = new LinkedHashSet<>();
    /** The Services that differ in anything. */
    final Set<ObjectKey> services = new LinkedHashSet<>();
    /** The Services that differ in what a reference to them may lead to. */
    final Set<ObjectKey> ports = new LinkedHashSet<>();
    /** The Services whose slices differ. */
    final Set<ObjectKey> endpoints = new LinkedHashSet<>();

    final Set<ObjectKey> secrets = new LinkedHashSet<>();
    /** Whether any class differs. */
    boolean classes;

    Changes(ResourceSet before, ResourceSet now) {
        now.differences(before, this::noteChange);
    }

    /** Whether the route table may differ. */
    boolean beyondEndpoints() {
        return classes || !ingresses.isEmpty() || !services.isEmpty() || !secrets.isEmpty();
    }

    private void noteChange(@Nullable Resource then, @Nullable Resource now) {
        if (now != null) {
            note(now, then);
        } else if (then != null) {
            note(then, null);
        }
    }

    private void note(Resource one, @Nullable Resource other) {
        if (one instanceof Ingress) {
            ingresses.add(one.key());
        } else if (one instanceof Service service) {
            services.add(one.key());
            if (!(other instanceof Service s) || !leadsToTheSame(service, s)) {
                ports.add(one.key());
            }
        } else if (one instanceof EndpointSlice slice) {
            endpoints.add(service(slice));
            if (other instanceof EndpointSlice s) {
                endpoints.add(service(s));
            }
        } else if (one instanceof Secret) {
            secrets.add(one.key());
        } else if (one instanceof IngressClass) {
            classes = true;
        } else if (!(one instanceof ConfigMap)) { // nothing refers to those yet
            throw new IllegalArgumentException("a kind that is not compiled: " + one.kind());
        }
    }

    private static boolean leadsToTheSame(Service a, Service b) {
        return a.type().equals(b.type())
                && a.clusterIp().equals(b.clusterIp())
                && a.externalName().equals(b.externalName())
                && a.ports().equals(b.ports());
    }

    private static ObjectKey service(EndpointSlice slice) {
        return Backends.key(slice.metadata().namespace(), slice.serviceName());
    }
}
