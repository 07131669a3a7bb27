package dev.adit.balancer;

/**
 * SipHash-2-4: a fast keyed MAC of short messages, 64 bits long. Who does not know the key cannot tell its results from
 * random ones.
 *
 * @see <a href="https://www.aumasson.jp/siphash/siphash.pdf">SipHash: a fast short-input PRF</a>
 */
final class SipHash {
    private final long k0;
    private final long k1;

    SipHash(long k0, long k1) {
        this.k0 = k0;
        this.k1 = k1;
    }

    /** Of the sixteen octets of two little-endian numbers. */
    long of(long first, long second) {
        State s = new State(k0, k1);
        s.absorb(first);
        s.absorb(second);
        return s.finish(16L << 56);
    }

    /** Of octets. */
    long of(byte[] message) {
        State s = new State(k0, k1);
        int whole = message.length & ~7;
        for (int i = 0; i < whole; i += 8) {
            s.absorb(littleEndian(message, i, 8));
        }
        return s.finish((long) message.length << 56 | littleEndian(message, whole, message.length - whole));
    }

    private static long littleEndian(byte[] octets, int from, int count) {
        long word = 0;
        for (int i = 0; i < count; i++) {
            word |= (octets[from + i] & 0xFFL) << 8 * i;
        }
        return word;
    }

    /** The four words. Never leaves the method that makes it, so the compiler keeps it in registers. */
    private static final class State {
        private long v0;
        private long v1;
        private long v2;
        private long v3;

        State(long k0, long k1) {
            v0 = k0 ^ 0x736f6d6570736575L;
            v1 = k1 ^ 0x646f72616e646f6dL;
            v2 = k0 ^ 0x6c7967656e657261L;
            v3 = k1 ^ 0x7465646279746573L;
        }

        void absorb(long word) {
            v3 ^= word;
            round();
            round();
            v0 ^= word;
        }

        long finish(long last) {
            absorb(last);
            v2 ^= 0xff;
            round();
            round();
            round();
            round();
            return v0 ^ v1 ^ v2 ^ v3;
        }

        private void round() {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
    }
}
