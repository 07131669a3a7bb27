package dev.adit.compile;

import dev.adit.annotation.Findings;
import dev.adit.annotation.NginxDialect;
import dev.adit.collection.PlacedLists;
import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Diagnostic;
import dev.adit.diagnostic.Effect;
import dev.adit.manifest.Ingress;
import dev.adit.policy.Settings;
import dev.adit.route.Route;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Every name of the table, and what Ingresses want of it. A name serves
 *
 * <pre>
 *   1. the group of the Ingresses that have it in a rule       claims
 *   2. the group of another host that wants it as an alias     wishes, the oldest
 *   3. a redirect to the host whose www sibling it is          wishes, the oldest
 * </pre>
 *
 * Only names that something was said about since the last time are written again.
 */
final class Hosts {
    private enum Kind {
        ALIAS,
        SIBLING
    }

    /** That a name shall lead to a host. The first one is granted, if nobody claims the name. */
    private record Wish(Kind kind, Age age, int at, Ingress by, String host) implements Comparable<Wish> {
        @Override
        public int compareTo(Wish other) {
            int order = kind.compareTo(other.kind);
            order = order != 0 ? order : age.compareTo(other.age);
            return order != 0 ? order : Integer.compare(at, other.at);
        }
    }

    private static final class Name {
        final NavigableMap<Age, Claim> claims = new TreeMap<>();
        final NavigableSet<Wish> wishes = new TreeSet<>();

        @Nullable
        HostGroup group;
    }

    private final Settings settings;
    private final Map<String, Name> names = new HashMap<>();
    private final PlacedLists<String, Route> routes = new PlacedLists<>();
    private final Set<String> touched = new LinkedHashSet<>();

    Hosts(Settings settings) {
        this.settings = settings;
    }

    /** Every route, ordered by name. */
    List<Route> routes() {
        return routes.all();
    }

    void add(Served served) {
        served.claims().forEach((host, claim) -> touched(host).claims.put(claim.age(), claim));
        forEachWish(served, (name, wish) -> touched(name).wishes.add(wish));
    }

    void remove(Served served) {
        served.claims().forEach((host, claim) -> touched(host).claims.remove(claim.age()));
        forEachWish(served, (name, wish) -> touched(name).wishes.remove(wish));
    }

    /** Has a name written again, if there is one, because whether it has a certificate changed. */
    void touch(String host) {
        if (names.containsKey(host)) {
            touched.add(host);
        }
    }

    /** Has all names written again that a wildcard covers. */
    void touchBelow(String parent) {
        for (String name : names.keySet()) {
            if (name.indexOf('.') + 1 == name.length() - parent.length() && name.endsWith(parent)) {
                touched.add(name);
            }
        }
    }

    /** Writes the names that were touched, and reports what there is to say about them. */
    void write(TableWriter writer, ClientAuths clients, PlacedLists<Place, Diagnostic> report) {
        Set<String> all = new LinkedHashSet<>(touched);
        for (String host : touched) {
            for (Claim claim : at(host).claims.values()) {
                all.addAll(claim.policies().serverAliases());
            }
        }
        Map<String, Findings> findings = new TreeMap<>(); // routes and findings are put down in their order
        for (String host : all) { // every group before the first alias of one
            Name name = at(host);
            Findings found = new Findings();
            name.group = Grouping.group(settings, host, name.claims.values(), clients, found);
            findings.put(host, found);
        }
        findings.forEach((host, found) -> {
            Name name = at(host);
            routes.put(host, write(host, name, writer, found));
            report.put(Place.ofHost(host), found.list());
            if (name.claims.isEmpty() && name.wishes.isEmpty()) {
                names.remove(host);
            }
        });
        touched.clear();
    }

    private List<Route> write(String host, Name name, TableWriter writer, Findings findings) {
        Wish first = name.wishes.isEmpty() ? null : name.wishes.first();
        HostGroup group = name.group;
        if (group != null) {
            reportTaken(host, name, host, findings);
            return writer.write(group, host, findings);
        }
        HostGroup other = first == null ? null : at(first.host).group;
        if (first == null || other == null || first.kind == Kind.ALIAS && other.passthrough != null) {
            writer.remove(host);
            return List.of();
        }
        if (first.kind == Kind.SIBLING) {
            return List.of(writer.writeSibling(host, first.host, first.by));
        }
        reportTaken(host, name, first.host, findings);
        writer.write(other, host, new Findings()); // those are reported where the host's own name is written
        return List.of();
    }

    /** Every name under which the group of {@code host} is served: its own, and the aliases that it was granted. */
    void forEachNameOf(String host, Consumer<String> action) {
        Name own = names.get(host);
        if (own == null || own.group == null) {
            return;
        }
        action.accept(host);
        for (Claim claim : own.claims.values()) {
            for (String alias : claim.policies().serverAliases()) {
                Name name = names.get(alias);
                if (name != null && name.group == null && !name.wishes.isEmpty()) {
                    Wish first = name.wishes.first();
                    if (first.kind == Kind.ALIAS && first.host.equals(host)) {
                        action.accept(alias);
                    }
                }
            }
        }
    }

    /** Every name that is known, whether it is served or not; unmodifiable. */
    Set<String> names() {
        return Collections.unmodifiableSet(names.keySet());
    }

    private static void reportTaken(String host, Name name, String owner, Findings findings) {
        for (Wish wish : name.wishes) {
            if (wish.kind == Kind.ALIAS && !wish.host.equals(owner)) {
                findings.warning(
                        Code.ALIAS_TAKEN,
                        wish.by,
                        "metadata.annotations." + NginxDialect.PREFIX + "server-alias",
                        "The name " + host + " belongs to the host " + owner + " already.",
                        Effect.IGNORED,
                        "");
            }
        }
    }

    private static void forEachWish(Served served, BiConsumer<String, Wish> action) {
        if (served.isCanary()) {
            return;
        }
        int at = 0;
        for (String host : served.claims().keySet()) {
            for (String alias : served.policies().serverAliases()) {
                action.accept(alias, new Wish(Kind.ALIAS, served.age(), at++, served.ingress(), host));
            }
            if (served.policies().fromToWww() && !host.isEmpty() && !host.startsWith("*")) {
                String sibling = host.startsWith("www.") ? host.substring(4) : "www." + host;
                action.accept(sibling, new Wish(Kind.SIBLING, served.age(), at++, served.ingress(), host));
            }
        }
    }

    private Name touched(String host) {
        touched.add(host);
        return at(host);
    }

    private Name at(String host) {
        return names.computeIfAbsent(host, h -> new Name());
    }
}
