package dev.adit.balancer;

import java.util.Arrays;
import java.util.List;

/**
 * Consistent hashing on a circle: every member has many points, and a hash belongs to the next point. A member that comes or
 * goes moves only the hashes of its own points.
 *
 * <pre>
 *   points, sorted   | position, 39 bits | member, 24 bits |  ...
 *   starts           the first point of every equal part of the circle; there are about as many parts as points, so that
 *                    two steps find a hash's point, where a binary search takes twenty
 * </pre>
 */
final class Ring extends KeyTable {
    private static final int OWNER_BITS = 24;
    private static final long OWNER = (1L << OWNER_BITS) - 1;
    /** Points of a member of mean weight: its share strays by one part in the square root of that. */
    private static final int MAX_POINTS = 1024;

    private static final int MIN_POINTS = 128;
    private static final int MANY = 1 << 18;

    private final long[] points;
    private final int[] starts;
    private final int shift;

    Ring(List<Member> members) {
        int each = Math.max(MIN_POINTS, Math.min(MAX_POINTS, MANY / Math.max(1, members.size())));
        double perWeight = each / meanWeight(members);
        long[] made = new long[(members.size() + 1) * each];
        int count = 0;
        for (int owner : inOrder(members)) {
            Member member = members.get(owner);
            int own = (int) Math.max(1, Math.round(member.weight() * perWeight));
            if (count + own > made.length) {
                made = Arrays.copyOf(made, count + own + made.length / 2);
            }
            long seed = Hash.of(member.endpoint());
            for (int i = 1; i <= own; i++) {
                made[count++] = Hash.mix(seed + i * Hash.STEP) >>> 1 & ~OWNER | owner;
            }
        }
        points = Arrays.copyOf(made, count);
        Arrays.sort(points);
        int bits = Math.max(1, 32 - Integer.numberOfLeadingZeros(count));
        shift = 63 - bits;
        starts = new int[1 << bits];
        int point = 0;
        for (int part = 0; part < starts.length; part++) {
            while (point < count && points[point] >>> shift < part) {
                point++;
            }
            starts[part] = point;
        }
    }

    @Override
    int find(long hash) {
        long position = hash >>> 1 & ~OWNER;
        int point = starts[(int) (position >>> shift)];
        while (point < points.length && points[point] < position) {
            point++;
        }
        return (int) (points[point == points.length ? 0 : point] & OWNER);
    }
}
