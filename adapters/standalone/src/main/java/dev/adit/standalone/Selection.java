package dev.adit.standalone;

import dev.adit.policy.Settings;
import dev.adit.policy.Settings.Profile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which manifests are read, and which of the Ingresses in them are ours and how they are understood. */
final class Selection {
    private enum WithoutClass {
        accept,
        ignore
    }

    @Option(
            names = {"-f", "--file"},
            paramLabel = "PATH",
            arity = "1..*",
            description = "Manifests: a YAML or JSON file, or a directory with all .yaml, .yml and .json files "
                    + "below it. Repeatable.")
    private List<Path> paths = new ArrayList<>();

    @Option(
            names = "--controller",
            paramLabel = "NAME",
            description = "Value of IngressClass.spec.controller that is ours. Repeatable. Default: "
                    + "adit.dev/ingress-controller")
    private List<String> controllers = new ArrayList<>();

    @Option(
            names = "--class-annotation",
            paramLabel = "NAME",
            defaultValue = "adit",
            description =
                    "Value of the annotation kubernetes.io/ingress.class that is ours. Default: " + "${DEFAULT-VALUE}")
    private String classAnnotation = "adit";

    @Option(
            names = "--without-class",
            paramLabel = "accept|ignore",
            defaultValue = "accept",
            description = "What to do with an Ingress that names no class where no class is the default. Default: "
                    + "${DEFAULT-VALUE}")
    private WithoutClass withoutClass = WithoutClass.accept;

    @Option(
            names = "--profile",
            paramLabel = "strict|ingress-nginx",
            defaultValue = "strict",
            converter = ProfileName.class,
            description = "Where Kubernetes and ingress-nginx differ, follow the one or the other. Default: "
                    + "${DEFAULT-VALUE}")
    private Profile profile = Profile.STRICT;

    @Option(
            names = "--option",
            paramLabel = "KEY=VALUE",
            description = "A setting, named like the key of ingress-nginx's ConfigMap or its flag, such as "
                    + "ssl-redirect=false or disable-svc-external-name=false. Repeatable.")
    private Map<String, String> options = new LinkedHashMap<>();

    /** The paths, all of which exist. */
    List<Path> paths() {
        if (paths.isEmpty()) {
            throw new Adit.UnusableException("no manifests given: use -f PATH");
        }
        for (Path path : paths) {
            if (!Files.isReadable(path)) {
                throw new Adit.UnusableException(path + (Files.exists(path) ? " cannot be read" : " does not exist"));
            }
        }
        return List.copyOf(paths);
    }

    boolean hasPaths() {
        return !paths.isEmpty();
    }

    Settings settings() {
        Settings settings = Settings.DEFAULT
                .withProfile(profile)
                .withClassAnnotation(classAnnotation)
                .withWithoutClass(withoutClass == WithoutClass.accept);
        if (!controllers.isEmpty()) {
            settings = settings.withControllers(Set.copyOf(controllers));
        }
        try {
            return settings.with(options);
        } catch (IllegalArgumentException e) {
            throw new Adit.UnusableException("--option: " + e.getMessage());
        }
    }

    static final class ProfileName implements ITypeConverter<Profile> {
        @Override
        public Profile convert(String value) {
            return switch (value) {
                case "strict" -> Profile.STRICT;
                case "ingress-nginx" -> Profile.INGRESS_NGINX;
                default -> throw new TypeConversionException("expected strict or ingress-nginx, not '" + value + "'");
            };
        }
    }
}
