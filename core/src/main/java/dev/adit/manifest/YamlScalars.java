package dev.adit.manifest;

import dev.adit.diagnostic.SourcePosition;
import java.math.BigInteger;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * What an unquoted scalar means to Kubernetes: YAML 1.1 without sexagesimal numbers and timestamps, which stay text
 * (kubernetes-sigs/yaml, goyaml.v2/resolve.go). The single letters {@code y} and {@code n} are text here: as names they
 * are common, as booleans nobody means them.
 */
final class YamlScalars extends Resolver {
    private static final Set<String> TRUE = Set.of("yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
    private static final Set<String> FALSE = Set.of("no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
    private static final Set<String> NULL = Set.of("", "~", "null", "Null", "NULL");
    private static final Pattern NAMED_FLOAT = Pattern.compile("[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");
    private static final Pattern FLOAT = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
    /** Longer numbers fit no field; they need no exact value. */
    private static final int LONGEST_NUMBER = 64;

    @Override
    protected void addImplicitResolvers() {
        // Types are found by type(String) below, not by SnakeYAML's own patterns.
    }

    @Override
    public Tag resolve(NodeId kind, String value, boolean implicit) {
        if (kind != NodeId.scalar || !implicit) {
            return super.resolve(kind, value, implicit);
        }
        if (value.equals("<<")) {
            return Tag.MERGE;
        }
        return switch (type(value)) {
            case TEXT -> Tag.STR;
            case INTEGER -> Tag.INT;
            case FLOAT -> Tag.FLOAT;
            case BOOLEAN -> Tag.BOOL;
            case NULL -> Tag.NULL;
        };
    }

    /** The value of a scalar of that text and tag. */
    static Value.Scalar scalar(SourcePosition position, Tag tag, String text) {
        boolean typed = tag.equals(Tag.BOOL) || tag.equals(Tag.INT) || tag.equals(Tag.FLOAT) || tag.equals(Tag.NULL);
        Value.Type type = typed ? type(text) : Value.Type.TEXT;
        return switch (type) {
            case BOOLEAN -> new Value.Scalar(position, type, Boolean.toString(TRUE.contains(text)));
            case INTEGER -> new Value.Scalar(position, type, decimal(text));
            case NULL -> new Value.Scalar(position, type, "");
            case TEXT, FLOAT -> new Value.Scalar(position, type, text);
        };
    }

    private static Value.Type type(String text) {
        if (NULL.contains(text)) {
            return Value.Type.NULL;
        }
        if (TRUE.contains(text) || FALSE.contains(text)) {
            return Value.Type.BOOLEAN;
        }
        char first = text.charAt(0);
        if (first == '+' || first == '-' || first == '.' || (first >= '0' && first <= '9')) {
            return numberType(text);
        }
        return Value.Type.TEXT;
    }

    private static Value.Type numberType(String text) {
        if (NAMED_FLOAT.matcher(text).matches()) {
            return Value.Type.FLOAT;
        }
        if (text.charAt(0) != '.' && integer(text) != null) {
            return Value.Type.INTEGER;
        }
        return FLOAT.matcher(text.replace("_", "")).matches() ? Value.Type.FLOAT : Value.Type.TEXT;
    }

    private static String decimal(String text) {
        BigInteger value = integer(text);
        return value == null ? text : value.toString();
    }

    private static @Nullable BigInteger integer(String text) {
        if (text.length() > LONGEST_NUMBER) {
            return null;
        }
        String s = text.replace("_", "");
        boolean negative = s.startsWith("-");
        String digits = negative || s.startsWith("+") ? s.substring(1) : s;
        int radix = 10;
        if (digits.length() > 1 && digits.charAt(0) == '0') {
            radix = switch (Character.toLowerCase(digits.charAt(1))) {
                case 'x' -> 16;
                case 'b' -> 2;
                default -> 8;
            };
            char second = Character.toLowerCase(digits.charAt(1));
            digits = digits.substring(second == 'x' || second == 'b' || second == 'o' ? 2 : 1);
        }
        if (digits.isEmpty() || digits.charAt(0) == '-' || digits.charAt(0) == '+') {
            return null;
        }
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) > 'f' || Character.digit(digits.charAt(i), radix) < 0) {
                return null;
            }
        }
        BigInteger value = new BigInteger(digits, radix);
        return negative ? value.negate() : value;
    }
}
