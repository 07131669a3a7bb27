package dev.adit.balancer;

/** How a {@link Pool} chooses among its endpoints. */
public sealed interface BalancePolicy {
    /** Every endpoint in turn. */
    record RoundRobin() implements BalancePolicy {}

    /** Every endpoint in turn: the default. */
    static BalancePolicy roundRobin() {
        return new RoundRobin();
    }
}
