package dev.adit.matcher;

/** The elements of a path: its non-empty pieces between slashes. */
final class Elements {
    private Elements() {}

    /** How many elements {@code path} has. */
    static int count(String path) {
        int count = 0;
        char before = '/';
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (before == '/' && c != '/') {
                count++;
            }
            before = c;
        }
        return count;
    }

    /** How many slashes {@code path} has. */
    static int slashes(String path) {
        int slashes = 0;
        for (int i = path.indexOf('/'); i >= 0; i = path.indexOf('/', i + 1)) {
            slashes++;
        }
        return slashes;
    }

    /** {@code path} with one slash before each element and none at its end; empty for the root. */
    static String respelled(String path) {
        if (isRespelled(path)) {
            return path;
        }
        StringBuilder spelled = new StringBuilder(path.length() + 1);
        char before = '/';
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c != '/') {
                if (before == '/') {
                    spelled.append('/');
                }
                spelled.append(c);
            }
            before = c;
        }
        return spelled.toString();
    }

    private static boolean isRespelled(String path) {
        return path.isEmpty() || isWellSpelled(path) && !path.endsWith("/");
    }

    /** Whether {@code path} has one slash before each element, and at most one at its end. */
    static boolean isWellSpelled(String path) {
        return path.startsWith("/") && !path.contains("//");
    }

    /** Whether the elements of one path are the first ones of another, both respelled. */
    static boolean lead(String first, String path) {
        return path.startsWith(first) && (path.length() == first.length() || path.charAt(first.length()) == '/');
    }
}
