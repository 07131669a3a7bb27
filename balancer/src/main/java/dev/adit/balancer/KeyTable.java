package dev.adit.balancer;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Which member a hash belongs to. The same members with the same weights make the same table in every process, in whatever
 * order they are listed. Immutable.
 */
abstract class KeyTable {
    /** The index of a member in the list that the table was made of; the list must not have been empty. */
    abstract int find(long hash);

    /** The indices of the members in an order that does not depend on the list's. */
    static int[] inOrder(List<Member> members) {
        Integer[] order = new Integer[members.size()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(
                order,
                Comparator.comparingLong((Integer i) -> Hash.of(members.get(i).endpoint()))
                        .thenComparing(i -> members.get(i).endpoint().authority())
                        .thenComparing(i -> members.get(i).endpoint().uid()));
        return Arrays.stream(order).mapToInt(i -> i).toArray();
    }
}
