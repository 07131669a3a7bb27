package dev.adit.house;

import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The public and protected surface of a type as text, one member a line, sorted: what a user's code can lean on. */
final class PublicApi {
    private static final Set<String> OBJECT_METHODS = Set.of("equals", "hashCode", "toString");

    private PublicApi() {}

    /** The description of {@code type} with its members, or nothing if users cannot see it. */
    static List<String> describe(Class<?> type) {
        if (!isVisible(type)) {
            return List.of();
        }
        Set<String> members = new TreeSet<>();
        for (Class<?> c = type; c != null && (c == type || !isVisible(c)); c = c.getSuperclass()) {
            // Members of a hidden superclass are inherited into sight.
            members(c).forEach(members::add);
        }
        if (!type.isRecord() && !type.isEnum()) {
            Stream.of(type.getDeclaredConstructors())
                    .filter(c -> isVisible(c.getModifiers()))
                    .map(PublicApi::constructor)
                    .forEach(members::add);
        }
        List<String> lines = new ArrayList<>();
        lines.add(header(type));
        members.forEach(m -> lines.add("    " + m));
        return lines;
    }

    private static Stream<String> members(Class<?> type) {
        Stream<String> fields = Stream.of(type.getDeclaredFields())
                .filter(f -> isVisible(f.getModifiers()) && !f.isSynthetic())
                .map(PublicApi::field);
        Stream<String> methods = Stream.of(type.getDeclaredMethods())
                .filter(m -> isVisible(m.getModifiers()) && !m.isSynthetic() && !isImplied(m))
                .map(PublicApi::method);
        return Stream.concat(fields, methods);
    }

    /** What every enum has, and what every object has. */
    private static boolean isImplied(Method m) {
        boolean ofEnum = m.getDeclaringClass().isEnum()
                && Modifier.isStatic(m.getModifiers())
                && (m.getName().equals("values") || m.getName().equals("valueOf"));
        return ofEnum || OBJECT_METHODS.contains(m.getName());
    }

    private static String header(Class<?> type) {
        StringBuilder text = new StringBuilder();
        int implied = Modifier.INTERFACE;
        if (type.isInterface()) {
            implied |= Modifier.ABSTRACT | Modifier.STATIC;
        } else if (type.isEnum() || type.isRecord()) {
            implied |= Modifier.FINAL | Modifier.STATIC | Modifier.ABSTRACT;
        }
        int modifiers = type.getModifiers() & ~implied;
        text.append(Modifier.toString(modifiers)).append(type.isSealed() ? " sealed " : " ");
        text.append(kind(type))
                .append(' ')
                .append(type.getCanonicalName())
                .append(typeParameters(type.getTypeParameters()));
        if (type.isRecord()) {
            text.append(Arrays.stream(type.getRecordComponents())
                    .map(c -> annotated(c.getAnnotatedType()) + " " + c.getName())
                    .collect(Collectors.joining(", ", "(", ")")));
        }
        Type parent = type.getGenericSuperclass();
        if (parent != null && parent != Object.class && !type.isRecord() && !type.isEnum()) {
            text.append(" extends ").append(name(parent));
        }
        append(text, type.isInterface() ? " extends " : " implements ", type.getGenericInterfaces());
        if (type.isSealed()) {
            append(text, " permits ", type.getPermittedSubclasses());
        }
        return text.toString();
    }

    private static String kind(Class<?> type) {
        if (type.isAnnotation()) {
            return "@interface";
        }
        if (type.isInterface()) {
            return "interface";
        }
        return type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
    }

    private static void append(StringBuilder text, String word, Type[] types) {
        if (types.length > 0) {
            text.append(Arrays.stream(types).map(PublicApi::name).sorted().collect(Collectors.joining(", ", word, "")));
        }
    }

    private static String field(Field f) {
        return Modifier.toString(f.getModifiers()) + " " + annotated(f.getAnnotatedType()) + " " + f.getName();
    }

    private static String constructor(Constructor<?> c) {
        return (Modifier.toString(c.getModifiers()) + " new" + parameters(c)).strip();
    }

    private static String method(Method m) {
        int hidden = Modifier.SYNCHRONIZED | Modifier.NATIVE;
        String types = typeParameters(m.getTypeParameters());
        return Modifier.toString(m.getModifiers() & Modifier.methodModifiers() & ~hidden)
                + (m.isDefault() ? " default " : " ")
                + (types.isEmpty() ? "" : types + " ")
                + annotated(m.getAnnotatedReturnType())
                + " "
                + m.getName()
                + parameters(m);
    }

    private static String parameters(Executable e) {
        String all = Arrays.stream(e.getAnnotatedParameterTypes())
                .map(PublicApi::annotated)
                .collect(Collectors.joining(", ", "(", ")"));
        Type[] thrown = e.getGenericExceptionTypes();
        return thrown.length == 0
                ? all
                : all
                        + Arrays.stream(thrown)
                                .map(PublicApi::name)
                                .sorted()
                                .collect(Collectors.joining(", ", " throws ", ""));
    }

    private static String typeParameters(TypeVariable<?>[] variables) {
        return variables.length == 0
                ? ""
                : Arrays.stream(variables).map(PublicApi::typeParameter).collect(Collectors.joining(", ", "<", ">"));
    }

    private static String typeParameter(TypeVariable<?> v) {
        String bounds = Arrays.stream(v.getBounds())
                .filter(b -> b != Object.class)
                .map(PublicApi::name)
                .collect(Collectors.joining(" & "));
        return bounds.isEmpty() ? v.getName() : v.getName() + " extends " + bounds;
    }

    private static String annotated(AnnotatedType type) {
        return (type.isAnnotationPresent(Nullable.class) ? "@Nullable " : "") + name(type.getType());
    }

    /** The type's name as source would write it, without what every file imports. */
    private static String name(Type type) {
        return type.getTypeName().replace('$', '.').replaceAll("\\bjava\\.lang\\.(?=[A-Z])", "");
    }

    private static boolean isVisible(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return isVisible(type.getModifiers())
                && !type.isAnonymousClass()
                && !type.isLocalClass()
                && (outer == null || isVisible(outer));
    }

    private static boolean isVisible(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }
}
