package dev.adit.benchmarks.matcher;

/** A router that holds a table; for one thread. */
interface Contender {
    /** What {@link #find} says if no rule matches. */
    int NOTHING = -1;

    /** The id of the rule that serves a request, or {@link #NOTHING}. */
    int find(String host, String path);
}
