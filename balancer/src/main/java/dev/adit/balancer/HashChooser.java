package dev.adit.balancer;

import org.jspecify.annotations.Nullable;

/**
 * The seat that the request's hash belongs to. If that has no place for it, the hash is hashed again: so the load of one
 * that fails is spread over all others, and still every process that sees the same goes the same way.
 */
final class HashChooser extends Chooser {
    private static final int HASHES = 32;

    private final KeyTable table;
    /** In the order of the table's members. */
    private final Seat[] seats;

    private final Chooser unkeyed;

    HashChooser(KeyTable table, Seat[] seats, Chooser unkeyed) {
        this.table = table;
        this.seats = seats;
        this.unkeyed = unkeyed;
    }

    @Override
    @Nullable
    Seat choose(PickKey key, int live) {
        long hash = key.hash();
        return hash == 0 ? unkeyed.choose(key, live) : choose(hash, key, live);
    }

    /** The seat that {@code hash} belongs to, whatever the key says. */
    @Nullable
    Seat choose(long hash, PickKey key, int live) {
        if (seats.length == 0) {
            return null;
        }
        long next = hash;
        for (int hashes = HASHES; hashes > 0; hashes--) {
            Seat seat = seats[table.find(next)];
            if (seat.usable && seat.take(key, live)) {
                return seat;
            }
            next = Hash.mix(next + Hash.STEP);
        }
        return scan(seats, table.find(hash), key, live);
    }
}
