package dev.adit.matcher;

/** Where the elements of a path are: its non-empty pieces between slashes. The one place that knows, for rules and requests alike. */
final class Elements {
    private Elements() {}

    /** The start of the first element at or after {@code from}, or the length of {@code path} if there is none. */
    static int start(String path, int from) {
        int start = from;
        while (start < path.length() && path.charAt(start) == '/') {
            start++;
        }
        return start;
    }

    /** The end (exclusive) of the element that starts at {@code start}. */
    static int end(String path, int start) {
        int slash = path.indexOf('/', start);
        return slash < 0 ? path.length() : slash;
    }

    /** How many elements {@code path} has. */
    static int count(String path) {
        int count = 0;
        for (int start = start(path, 0); start < path.length(); start = start(path, end(path, start))) {
            count++;
        }
        return count;
    }
}
