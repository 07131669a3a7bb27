package dev.adit.balancer;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Draws seats at random, each with a chance that follows its weight. */
final class Draw {
    private final int size;
    /** For every seat the sum of the weights up to and with it; null if all weights are equal. */
    private final long @Nullable [] sums;

    private final RandomGenerator random;

    Draw(Seat[] seats, RandomGenerator random) {
        this.random = random;
        size = seats.length;
        long[] upTo = new long[size];
        long sum = 0;
        boolean equal = true;
        for (int i = 0; i < size; i++) {
            sum += seats[i].tenths;
            upTo[i] = sum;
            equal &= seats[i].tenths == seats[0].tenths;
        }
        sums = equal ? null : upTo;
    }

    /** The index of a seat. */
    int one() {
        return index(random.nextLong());
    }

    /** The indices of two seats, the first in the upper half. There must be two. */
    long two() {
        long bits = random.nextLong();
        int first = index(bits);
        // The lower half has not been used where weights are equal.
        int second = sums == null ? Hash.scale(bits << 32, size - 1) : index(random.nextLong());
        if (sums == null) {
            second += second >= first ? 1 : 0;
        } else if (second == first) {
            second = first + 1 == size ? 0 : first + 1;
        }
        return (long) first << 32 | second;
    }

    private int index(long bits) {
        if (sums == null) {
            return Hash.scale(bits, size);
        }
        long below = Math.multiplyHigh(bits >>> 1, sums[size - 1] << 1);
        int found = Arrays.binarySearch(sums, below);
        return found >= 0 ? found + 1 : ~found;
    }
}
