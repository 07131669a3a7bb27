package dev.adit.benchmarks.matcher;

/** One request, normalised. */
record Query(String host, String path) {}
