package dev.adit.benchmarks.matcher;

/** One rule; {@code host} may be led by {@code *.}. A path is EXACT or PREFIX, and no two rules of a host have the same. */
record Rule(int id, String host, String path, boolean exact) {}
