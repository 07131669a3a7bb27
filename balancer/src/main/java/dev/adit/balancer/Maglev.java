package dev.adit.balancer;

import java.util.Arrays;
import java.util.List;

/**
 * A table that members fill in turn, each by its own permutation of the places, so that all get equal parts and most places
 * stay theirs when a member comes or goes.
 *
 * @see <a href="https://research.google/pubs/maglev-a-fast-and-reliable-software-network-load-balancer/">Maglev, 3.4</a>
 */
final class Maglev extends KeyTable {
    /** More than these have no room in a place. */
    static final int MAX_MEMBERS = Character.MAX_VALUE;

    /**
     * Prime numbers. The keys that a change moves without need are few in a table of four times the square of its members;
     * above {@code 1024} members they become more. Where the number of members passes from one size to the next, all move.
     */
    private static final int[] SIZES = {65_537, 262_147, 1_048_583, 4_194_319};

    private static final char FREE = Character.MAX_VALUE;

    private final char[] places;

    Maglev(List<Member> members) {
        places = new char[size(members.size())];
        Arrays.fill(places, FREE);
        if (!members.isEmpty()) {
            fill(members);
        }
    }

    private void fill(List<Member> members) {
        int[] order = inOrder(members);
        int size = places.length;
        int[] next = new int[order.length];
        int[] skip = new int[order.length];
        double[] credit = new double[order.length];
        for (int owner : order) {
            long hash = Hash.of(members.get(owner).endpoint());
            next[owner] = Hash.scale(hash, size);
            skip[owner] = 1 + Hash.scale(hash << 32, size - 1);
        }
        double heaviest = members.stream().mapToInt(Member::weight).max().orElse(1);
        int filled = 0;
        while (true) {
            for (int owner : order) {
                credit[owner] += members.get(owner).weight() / heaviest;
                if (credit[owner] < 1) {
                    continue;
                }
                credit[owner]--;
                while (places[next[owner]] != FREE) {
                    next[owner] = (next[owner] + skip[owner]) % size;
                }
                places[next[owner]] = (char) owner;
                if (++filled == size) {
                    return;
                }
            }
        }
    }

    private static int size(int members) {
        for (int size : SIZES) {
            if (4L * members * members <= size) {
                return size;
            }
        }
        return SIZES[SIZES.length - 1];
    }

    @Override
    int find(long hash) {
        return places[Hash.scale(hash, places.length)];
    }
}
