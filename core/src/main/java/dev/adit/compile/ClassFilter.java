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
import java.util.List;
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

    private final ResourceSet resources;
    private final Settings settings;
    private final Findings findings;
    private final @Nullable IngressClass defaultClass;

    ClassFilter(ResourceSet resources, Settings settings, Findings findings) {
        this.resources = resources;
        this.settings = settings;
        this.findings = findings;
        this.defaultClass = defaultClass();
    }

    /** The newest default class, then the first by name; null if no class is default. */
    private @Nullable IngressClass defaultClass() {
        List<IngressClass> defaults = resources.all(IngressClass.class).stream()
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

    boolean accepts(Ingress ingress) {
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
            return acceptsNamed(ingress, name);
        }
        if (legacy != null) {
            return acceptsLegacy(ingress, legacy);
        }
        if (defaultClass != null) {
            return ours(defaultClass)
                    || notOurs(
                            ingress,
                            "",
                            "The default class " + defaultClass.metadata().name() + " belongs to "
                                    + defaultClass.controller() + ".");
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

    private boolean acceptsNamed(Ingress ingress, String name) {
        IngressClass named = resources.get(IngressClass.class, "", name);
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
        return ours(named) || notOurs(ingress, FIELD, "The class " + name + " belongs to " + named.controller() + ".");
    }

    private boolean acceptsLegacy(Ingress ingress, String legacy) {
        if (!legacy.isEmpty() && legacy.equals(settings.classAnnotation())) {
            return true;
        }
        IngressClass named = resources.get(IngressClass.class, "", legacy);
        return named != null && ours(named)
                || notOurs(
                        ingress, LEGACY_FIELD, "The annotation names the class '" + legacy + "', which is not ours.");
    }

    private boolean ours(IngressClass c) {
        return settings.controllers().contains(c.controller());
    }

    private boolean notOurs(Ingress ingress, String field, String message) {
        findings.info(Code.CLASS_OTHER_CONTROLLER, ingress, field, message, Effect.NOT_OURS);
        return false;
    }

    private String controllers() {
        return String.join(" or ", settings.controllers().stream().sorted().toList());
    }
}
