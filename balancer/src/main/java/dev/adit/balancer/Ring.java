package dev.adit.balancer;

import java.util.Arrays;
import java.util.List;

/**
 * Consistent hashing on a circle: every member has many points. A hash looks at a few places of the circle and belongs to the
 * nearest point that follows one of them. A member that comes or goes moves only the hashes of its own points.
 *
 * <pre>
 *   hash  -- place 1 ----> . . . point a      far
 *         -- place 2 ----> . point b          nearest: b's member
 *         -- place 3 ----> . . point c
 *
 *   point    | 0 0 | position, 62 bits less those of the member | member, as many bits as it takes |
 *   cells    equal parts of the circle, three for two points, in which the points stand in order: each in its own cell, or,
 *            if that is taken, in the next free one; an empty cell holds the point that follows
 *
 *            |   a   |   c   |   c   | d | e |   ...   | first + a whole turn |
 *                        ^ so the point after a place is in its cell or a step or two further
 * </pre>
 *
 * With one place, a point would own all of the gap before it, and gaps are as unlike as can be. Of several places the far end
 * of a wide gap seldom wins: with {@code k} of them a member's share strays as if it had {@code 2k - 1} times the points, which
 * would need memory and, once out of the cache, more time than the further places do.
 *
 * @see <a href="https://arxiv.org/abs/1505.00062">Multi-probe consistent hashing</a>
 */
final class Ring extends KeyTable {
    private static final long TURN = 1L << 62;

    /** Odd numbers without a pattern, that make more places of one hash. */
    private static final long[] PLACES = {1, 0xD1342543DE82EF95L, 0xAF251AF3B0F025B5L};

    /** Points for a weight of one. With three places a share then strays by 1 part in 47, the square root of 448 * 5. */
    private static final int POINTS = 448;

    /**
     * The most points, about. Above it everybody has half of them, or a quarter and so on: to thin them out little by little
     * would move keys with every member that comes.
     */
    private static final long MANY = 1 << 19;

    private final long[] cells;
    /** Parts of the circle; more cells follow for those that do not fit in. */
    private final long parts;
    /** The bits of a point that name its member. */
    private final long owners;

    Ring(List<Member> members) {
        owners = Math.max(1, Integer.highestOneBit(members.size()) * 2L) - 1;
        long[] points = points(members);
        parts = points.length + points.length / 2;
        cells = cells(points);
    }

    private long[] points(List<Member> members) {
        double perWeight = perWeight(members);
        int[] own = members.stream()
                .mapToInt(member -> (int) Math.max(1, Math.round(member.weight() * perWeight)))
                .toArray();
        long[] points = new long[Arrays.stream(own).sum()];
        int count = 0;
        for (int owner = 0; owner < own.length; owner++) {
            long seed = Hash.of(members.get(owner).endpoint());
            for (int i = 1; i <= own[owner]; i++) {
                points[count++] = position(Hash.mix(seed + i * Hash.STEP)) | owner;
            }
        }
        Arrays.sort(points);
        return points;
    }

    private static double perWeight(List<Member> members) {
        long weight = members.stream().mapToLong(Member::weight).sum();
        double perWeight = POINTS;
        while (weight * perWeight > MANY) {
            perWeight /= 2;
        }
        return perWeight;
    }

    private long[] cells(long[] points) {
        if (points.length == 0) {
            return points;
        }
        // In the worst case all stand in one row behind the last part.
        long[] made = new long[(int) parts + points.length + 1];
        int next = 0;
        for (long point : points) {
            int own = cell(point & ~owners);
            while (next <= own) {
                made[next++] = point;
            }
            if (made[next - 1] != point) {
                made[next++] = point;
            }
        }
        while (next < parts) {
            made[next++] = points[0] + TURN;
        }
        made[next++] = points[0] + TURN;
        return Arrays.copyOf(made, next);
    }

    private long position(long bits) {
        return bits >>> 2 & ~owners;
    }

    private int cell(long position) {
        return (int) Math.multiplyHigh(position, parts << 2);
    }

    @Override
    int find(long hash) {
        long nearest = Long.MAX_VALUE;
        for (long place : PLACES) {
            long position = position(hash * place);
            int cell = cell(position);
            // One step on if the point is before the place, and one more. As jumps these would be anybody's guess.
            cell += (int) (cells[cell] - position >>> 63);
            cell += (int) (cells[cell] - position >>> 63);
            while (cells[cell] < position) {
                cell++;
            }
            // The lower bits of the distance are the member.
            nearest = Math.min(nearest, cells[cell] - position);
        }
        return (int) (nearest & owners);
    }
}
