package dev.adit.manifest;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules for names in Kubernetes (k8s.io/apimachinery, pkg/util/validation). A rule returns what is wrong, as the
 * end of a sentence that begins with the name, or null.
 */
final class Names {
    private static final int LABEL_LENGTH = 63;
    private static final int SUBDOMAIN_LENGTH = 253;
    private static final int PORT_NAME_LENGTH = 15;

    private static final String LABEL = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
    private static final Pattern DNS_1123_LABEL = Pattern.compile(LABEL);
    private static final Pattern DNS_1035_LABEL = Pattern.compile("[a-z](?:[-a-z0-9]*[a-z0-9])?");
    private static final Pattern QUALIFIED_NAME = Pattern.compile("[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?");
    private static final Pattern CONFIG_KEY = Pattern.compile("[-._a-zA-Z0-9]+");
    private static final Pattern HTTP_PATH = Pattern.compile("[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+");
    private static final Pattern LETTER = Pattern.compile("[a-z]");
    private static final Pattern PORT_CHARACTERS = Pattern.compile("[-a-z0-9]+");

    private Names() {}

    /** A DNS label as RFC 1123 has it. */
    static @Nullable String label(String name) {
        if (name.length() > LABEL_LENGTH) {
            return tooLong(LABEL_LENGTH);
        }
        return DNS_1123_LABEL.matcher(name).matches()
                ? null
                : "must be one DNS label: lower-case letters, digits and inner hyphens";
    }

    /** A DNS label as RFC 1035 has it, which begins with a letter. */
    static @Nullable String letterFirstLabel(String name) {
        if (name.length() > LABEL_LENGTH) {
            return tooLong(LABEL_LENGTH);
        }
        return DNS_1035_LABEL.matcher(name).matches()
                ? null
                : "must be one DNS label that begins with a letter: lower-case letters, digits and inner hyphens";
    }

    /** Lower-case DNS labels joined by dots; single labels may be longer than 63 characters here. */
    static @Nullable String subdomain(String name) {
        if (bytes(name) > SUBDOMAIN_LENGTH) {
            return tooLong(SUBDOMAIN_LENGTH);
        }
        for (String label : name.split("\\.", -1)) {
            if (!DNS_1123_LABEL.matcher(label).matches()) {
                return "must be a DNS name: lower-case letters, digits, inner hyphens and dots";
            }
        }
        return null;
    }

    /** {@code *.} and a subdomain. */
    static @Nullable String wildcard(String name) {
        if (bytes(name) > SUBDOMAIN_LENGTH) {
            return tooLong(SUBDOMAIN_LENGTH);
        }
        return name.startsWith("*.") && subdomain(name.substring(2)) == null
                ? null
                : "must begin with \"*.\", once, and go on as a DNS name: lower-case letters, digits, inner hyphens and dots";
    }

    /** A host of a rule or of a TLS entry: a subdomain or a wildcard. */
    static @Nullable String host(String name) {
        return name.indexOf('*') >= 0 ? wildcard(name) : subdomain(name);
    }

    /** At least two labels, each at most 63 characters, with or without a dot at the end. */
    static @Nullable String fullyQualified(String name) {
        String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        String problem = subdomain(plain);
        if (problem != null) {
            return problem;
        }
        String[] labels = plain.split("\\.", -1);
        for (String label : labels) {
            if (label(label) != null) {
                return "has a label of more than " + LABEL_LENGTH + " characters";
            }
        }
        return labels.length < 2 ? "must have at least two labels" : null;
    }

    /** A name of a port, RFC 6335 in lower case. */
    static @Nullable String portName(String name) {
        if (name.length() > PORT_NAME_LENGTH) {
            return tooLong(PORT_NAME_LENGTH);
        }
        if (!PORT_CHARACTERS.matcher(name).matches()) {
            return "may only have lower-case letters, digits and hyphens";
        }
        if (!LETTER.matcher(name).find()) {
            return "must have at least one letter";
        }
        if (name.contains("--") || name.startsWith("-") || name.endsWith("-")) {
            return "must not have a hyphen at either end or two in a row";
        }
        return null;
    }

    /** A port's number. */
    static @Nullable String portNumber(int number) {
        return number >= 1 && number <= 65535 ? null : "must be from 1 to 65535";
    }

    /** The key of a label: a name of up to 63 characters, with or without a domain before a slash. */
    static @Nullable String qualifiedName(String name) {
        int slash = name.indexOf('/');
        if (slash >= 0) {
            String domain = name.substring(0, slash);
            if (domain.isEmpty() || subdomain(domain) != null || name.indexOf('/', slash + 1) >= 0) {
                return "must be a name, or a DNS name, one slash and a name";
            }
        }
        return labelName(name.substring(slash + 1));
    }

    /** The value of a label. */
    static @Nullable String labelValue(String value) {
        return value.isEmpty() ? null : labelName(value);
    }

    private static @Nullable String labelName(String name) {
        if (bytes(name) > LABEL_LENGTH) {
            return tooLong(LABEL_LENGTH);
        }
        return QUALIFIED_NAME.matcher(name).matches()
                ? null
                : "must begin and end with a letter or digit, with letters, digits, '-', '_' and '.' between";
    }

    /** A key of a Secret or ConfigMap, which may become a file. */
    static @Nullable String configKey(String key) {
        if (bytes(key) > SUBDOMAIN_LENGTH) {
            return tooLong(SUBDOMAIN_LENGTH);
        }
        if (key.equals(".") || key.startsWith("..")) {
            return "must not be \".\" or begin with \"..\"";
        }
        return CONFIG_KEY.matcher(key).matches() ? null : "may only have letters, digits, '-', '_' and '.'";
    }

    /** A name that is one segment of a URL's path. */
    static @Nullable String pathSegment(String name) {
        if (name.equals(".") || name.equals("..")) {
            return "must not be \".\" or \"..\"";
        }
        return name.indexOf('/') >= 0 || name.indexOf('%') >= 0 ? "must not have a slash or a percent sign" : null;
    }

    /** A domain, a slash and a path: {@code example.com/controller}. */
    static @Nullable String domainPrefixedPath(String name) {
        int slash = name.indexOf('/');
        if (slash <= 0 || slash == name.length() - 1) {
            return "must be a domain, a slash and a path, such as example.com/controller";
        }
        String problem = subdomain(name.substring(0, slash));
        if (problem != null) {
            return "has a domain before its slash that " + problem;
        }
        return HTTP_PATH.matcher(name.substring(slash + 1)).matches()
                ? null
                : "has characters after its slash that a URL's path does not allow";
    }

    /** The host that was probably meant by {@code host}, or empty: without a port, an end dot, upper case. */
    static String suggestHost(String host) {
        String s = host.toLowerCase(Locale.ROOT).replaceFirst("^[a-z]+://", "");
        s = upTo(':', upTo('/', s));
        s = s.endsWith(".") ? s.substring(0, s.length() - 1) : s;
        s = s.startsWith("*") && !s.startsWith("*.") && s.length() > 1 ? "*." + s.substring(1) : s;
        return !s.equals(host) && host(s) == null && !Addresses.isAddress(s) ? s : "";
    }

    /** What stands before the first {@code end}, or all of it. */
    static String upTo(char end, String text) {
        int length = text.indexOf(end);
        return length < 0 ? text : text.substring(0, length);
    }

    /** The one of {@code names} that {@code name} is probably a slip of, or empty. */
    static String nearest(String name, Set<String> names) {
        if (name.length() > LABEL_LENGTH) {
            return "";
        }
        int most = Math.max(1, Math.min(3, name.length() / 3));
        return names.stream()
                .filter(n -> distance(name, n) <= most)
                .min(Comparator.comparingInt((String n) -> distance(name, n)).thenComparing(Comparator.naturalOrder()))
                .orElse("");
    }

    /** Insertions, deletions and replacements between two words, upper and lower case being equal. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                char x = Character.toLowerCase(a.charAt(i - 1));
                char y = Character.toLowerCase(b.charAt(j - 1));
                int replaced = diagonal + (x == y ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    /** The text in quotes for a message: short, on one line. */
    static String quoted(String text) {
        return '"' + printable(text, 80) + '"';
    }

    /** The text without control characters and of limited length, so that it cannot forge a line of a log. */
    static String printable(String text, int length) {
        boolean plain = text.length() <= length && text.chars().noneMatch(Character::isISOControl);
        if (plain) {
            return text;
        }
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), length); i++) {
            s.append(Character.isISOControl(text.charAt(i)) ? '?' : text.charAt(i));
        }
        return text.length() > length ? s.append("...").toString() : s.toString();
    }

    private static String tooLong(int length) {
        return "must have at most " + length + " characters";
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
