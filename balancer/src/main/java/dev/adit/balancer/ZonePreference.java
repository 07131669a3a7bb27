package dev.adit.balancer;

/**
 * Keeps requests in their own zone as long as enough of it is there. If the part of the zone's weight that can serve falls
 * below {@code 1 / provision}, the missing part spills over to the others. A zone without members takes part in nothing.
 * Policies that stick requests to endpoints take no notice of zones.
 *
 * @param zone the zone of this process
 * @param provision how much more than now the endpoints of a zone could serve: 1 to 100
 */
public record ZonePreference(String zone, double provision) {
    public ZonePreference {
        if (zone.isEmpty() || !(provision >= 1 && provision <= 100)) {
            throw new IllegalArgumentException("not a zone preference: " + zone + ", " + provision);
        }
    }

    /** Spills over when less than about seven tenths of the zone can serve. */
    public static ZonePreference of(String zone) {
        return new ZonePreference(zone, 1.4);
    }
}
