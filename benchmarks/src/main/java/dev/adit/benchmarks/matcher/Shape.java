package dev.adit.benchmarks.matcher;

import java.util.Random;

/** What a table looks like. */
public enum Shape {
    /** Many hosts, paths of 1 to 6 segments. */
    HOSTS(6) {
        @Override
        int hosts(int rules) {
            return rules <= 10 ? 10 : rules <= 1_000 ? 100 : rules <= 10_000 ? 300 : 1_000;
        }
    },
    /** All rules on one host. */
    ONE_HOST(6),
    /** Few hosts, paths of 1 to 20 segments. */
    LONG_PATHS(20) {
        @Override
        int hosts(int rules) {
            return Math.max(1, rules / 1_000);
        }
    },
    /** Few hosts; every path begins with the same 200 characters, and every segment has the same {@link String#hashCode}. */
    ADVERSARIAL(6) {
        private final String shared = "/" + "a".repeat(99) + "/" + "b".repeat(99);

        @Override
        int hosts(int rules) {
            return Math.max(1, rules / 1_000);
        }

        @Override
        String path(Random random, int segments, boolean numbered) {
            StringBuilder path = new StringBuilder(shared);
            for (int i = 0; i < segments; i++) {
                path.append('/');
                for (int pair = 0; pair < 10; pair++) {
                    path.append(random.nextBoolean() ? "Aa" : "BB");
                }
            }
            return path.toString();
        }
    };

    private static final String[] WORDS =
            ("api v1 v2 v3 internal public catalog products categories brands search suggest"
                            + " filters cart items checkout payment methods cards refunds invoices orders history tracking"
                            + " shipments returns addresses customers profile preferences wishlist reviews ratings questions"
                            + " images media assets static fonts upload download exports imports reports analytics events"
                            + " metrics health status login logout oauth token refresh sessions users roles groups permissions"
                            + " audit notifications emails webhooks subscriptions plans pricing discounts coupons promotions"
                            + " campaigns recommendations related trending inventory stock warehouses locations suppliers"
                            + " purchase-orders transfers batches jobs tasks queue config features flags experiments tenants"
                            + " regions currencies taxes rates quotes loyalty points rewards gift-cards balances ledger")
                    .split(" ");

    private final int mostSegments;

    Shape(int mostSegments) {
        this.mostSegments = mostSegments;
    }

    int hosts(int rules) {
        return 1;
    }

    /** The path of a rule; {@code numbered} if the words alone would not make enough of them. */
    String path(Random random, boolean numbered) {
        return path(random, 1 + random.nextInt(mostSegments), numbered);
    }

    String path(Random random, int segments, boolean numbered) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < segments; i++) {
            path.append('/').append(word(random));
            if (numbered && (i == segments - 1 || random.nextInt(4) == 0)) {
                path.append('-').append(random.nextInt(5_000));
            }
        }
        return path.toString();
    }

    static String word(Random random) {
        return WORDS[random.nextInt(WORDS.length)];
    }
}
