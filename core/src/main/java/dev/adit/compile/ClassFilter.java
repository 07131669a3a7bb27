package dev.adit.compile;

import dev.adit.annotation.Findings;
import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Effect;
import dev.adit.manifest.Ingress;
import dev.adit.manifest.IngressClass;
import dev.adit.manifest.ResourceSet;
import dev.adit.policy.Settings;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which Ingresses are ours: class name, IngressClass, controller. The field wins over the legacy annotation, and where
 * neither is set the default class decides, as the API server's admission would have.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class">Ingress class</a>
 */
final class ClassFilter {
    private static final String LEGACY = "kubernetes.io/ingress.class";
    private static final String LEGACY_FIELD = "metadata.annotations." + LEGACY;
    private static final String FIELD = "spec.ingressClassName";

    private final Settings settings;
    private final Map<String, IngressClass> classes = new HashMap<>();
    private final @Nullable IngressClass defaultClass;

    /** A filter by the classes of {@code resources}; what is wrong with those goes to {@code findings}. */
    ClassFilter(ResourceSet resources, Settings settings, Findings findings) {
        this.settings = settings;
        resources.all(IngressClass.class).forEach(c -> classes.put(c.metadata().name(), c));
        this.defaultClass = defaultClass(findings);
    }

    /** The newest default class, then the first by name; null if no class is default. */
    private @Nullable IngressClass defaultClass(Findings findings) {
        List<IngressClass> defaults = classes.values().stream()
                .filter(IngressClass::isDefault)
                .sorted(Comparator.comparing(ClassFilter::created)
                        .reversed()
                        .thenComparing(c -> c.metadata().name()))
                .toList();
        for (int i = 1; i < defaults.size(); i++) {
            findings.warning(
                    Code.SEVERAL_DEFAULT_CLASSES,
                    defaults.get(i),
                    "metadata.annotations." + IngressClass.DEFAULT_CLASS_ANNOTATION,
                    "The class " + defaults.get(0).metadata().name() + " is the default one too, and goes before this.",
                    Effect.IGNORED,
                    "Make one class the default.");
        }
        return defaults.isEmpty() ? null : defaults.get(0);
    }

    private static Instant created(IngressClass c) {
        Instant created = c.metadata().creationTimestamp();
        return created == null ? Instant.MIN : created;
    }

    /** Whether {@code ingress} is ours; if not, why not goes to {@code findings}. */
    boolean accepts(Ingress ingress, Findings findings) {
        String legacy = ingress.metadata().annotations().get(LEGACY);
        String name = ingress.ingressClassName();
        if (name != null) {
            if (legacy != null && !legacy.equals(name)) {
                findings.warning(
                        Code.CLASS_CONFLICT,
                        ingress,
                        LEGACY_FIELD,
                        "The annotation names the class '" + legacy + "', the field '" + name + "'; the field counts.",
                        Effect.IGNORED,
                        "Remove the annotation.");
            }
            return acceptsNamed(ingress, name, findings);
        }
        if (legacy != null) {
            return acceptsLegacy(ingress, legacy, findings);
        }
        if (defaultClass != null) {
            return ours(defaultClass)
                    || notOurs(
                            ingress,
                            "",
                            "The default class " + defaultClass.metadata().name() + " belongs to "
                                    + defaultClass.controller() + ".",
                            findings);
        }
        if (!settings.withoutClass()) {
            findings.warning(
                    Code.CLASS_MISSING,
                    ingress,
                    FIELD,
                    "The Ingress names no class, no class is default, and Ingresses without a class are not served.",
                    Effect.NOT_OURS,
                    "Set spec.ingressClassName.");
        }
        return settings.withoutClass();
    }

    /** Whether {@code before} says anything else about {@code ingress}. */
    boolean differs(ClassFilter before, Ingress ingress) {
        Findings then = new Findings();
        Findings now = new Findings();
        return before.accepts(ingress, then) != accepts(ingress, now)
                || !then.list().equals(now.list());
    }

    private boolean acceptsNamed(Ingress ingress, String name, Findings findings) {
        IngressClass named = classes.get(name);
        if (named == null) {
            findings.warning(
                    Code.CLASS_UNKNOWN,
                    ingress,
                    FIELD,
                    "There is no IngressClass '" + name + "'.",
                    Effect.NOT_OURS,
                    "Add an IngressClass of that name whose spec.controller is " + controllers() + ".");
            return false;
        }
        return ours(named)
                || notOurs(ingress, FIELD, "The class " + name + " belongs to " + named.controller() + ".", findings);
    }

    private boolean acceptsLegacy(Ingress ingress, String legacy, Findings findings) {
        if (!legacy.isEmpty() && legacy.equals(settings.classAnnotation())) {
            return true;
        }
        IngressClass named = classes.get(legacy);
        return named != null && ours(named)
                || notOurs(
                        ingress,
                        LEGACY_FIELD,
                        "The annotation names the class '" + legacy + "', which is not ours.",
                        findings);
    }

    private boolean ours(IngressClass c) {
        return settings.controllers().contains(c.controller());
    }

    private boolean notOurs(Ingress ingress, String field, String message, Findings findings) {
        findings.info(Code.CLASS_OTHER_CONTROLLER, ingress, field, message, Effect.NOT_OURS);
        return false;
    }

    private String controllers() {
        return String.join(" or ", settings.controllers().stream().sorted().toList());
    }
}
