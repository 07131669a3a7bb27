package dev.adit.annotation;

import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Effect;
import dev.adit.manifest.Ingress;
import dev.adit.policy.OptionException;
import dev.adit.policy.Resilience;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The annotations of our own: what keeps the backends of an Ingress well, for which ingress-nginx has no words. A value that
 * cannot be used is reported, and the gateway's stands in for it.
 */
final class AditDialect {
    /** What every key starts with. */
    static final String PREFIX = "adit.dev/";

    private AditDialect() {}

    /**
     * What the annotations of {@code ingress} make of what the gateway does anyway.
     *
     * @return null if there are none
     */
    static @Nullable Resilience read(Ingress ingress, Resilience standard, Findings findings) {
        TreeMap<String, String> options = new TreeMap<>();
        ingress.metadata().annotations().forEach((key, value) -> {
            if (key.startsWith(PREFIX)) {
                options.put(key.substring(PREFIX.length()), value);
            }
        });
        while (!options.isEmpty()) {
            try {
                return standard.with(options);
            } catch (OptionException e) {
                options.remove(e.key());
                findings.warning(
                        Resilience.isOption(e.key()) ? Code.ANNOTATION_INVALID : Code.ANNOTATION_UNKNOWN,
                        ingress,
                        "metadata.annotations." + PREFIX + e.key(),
                        PREFIX + Objects.requireNonNull(e.getMessage()) + ".",
                        Effect.IGNORED,
                        "");
            }
        }
        return null;
    }
}
