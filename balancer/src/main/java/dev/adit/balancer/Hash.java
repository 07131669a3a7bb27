package dev.adit.balancer;

/** Hashes that are the same in every process, so that replicas agree. They keep no secret: see {@link SipHash} for that. */
final class Hash {
    /** Adding this again and again visits all numbers, far apart from each other (Weyl sequence). */
    static final long STEP = 0x9E3779B97F4A7C15L;

    private Hash() {}

    /** All bits of {@code x} mixed into all bits of the result, one to one. */
    static long mix(long x) {
        long z = (x ^ x >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    static long of(CharSequence text) {
        long h = text.length();
        for (int i = 0; i < text.length(); i++) {
            h = (h ^ text.charAt(i)) * 0x9FB21C651E98DF25L;
            h ^= h >>> 32;
        }
        return mix(h + STEP);
    }

    /** By address alone: who takes an address over takes its keys over. */
    static long of(Endpoint endpoint) {
        return mix(of(endpoint.host()) + endpoint.port() * STEP);
    }

    static long nonZero(long hash) {
        return hash == 0 ? STEP : hash;
    }

    /** Maps all bits of {@code hash} evenly to 0 to {@code size} - 1. */
    static int scale(long hash, int size) {
        return (int) ((hash >>> 32) * size >>> 32);
    }
}
