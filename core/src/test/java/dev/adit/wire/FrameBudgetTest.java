package dev.adit.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FrameBudgetTest {
    private final FrameBudget budget = new FrameBudget();

    @Test
    void runsDry() {
        budget.spend(FrameBudget.CAPACITY - 1);
        assertThat(budget.exhausted()).isFalse();
        budget.spend(FrameBudget.FRAME);
        assertThat(budget.exhausted()).isTrue();
    }

    @Test
    void lastsForWhoUsesTheConnection() {
        for (int i = 0; i < 10_000; i++) {
            budget.spend(FrameBudget.STREAM_WASTED);
            budget.earn(FrameBudget.STREAM_ANSWERED);
        }
        assertThat(budget.exhausted()).isFalse();
    }

    @Test
    void isNotSavedUp() {
        budget.earn(FrameBudget.CAPACITY);
        budget.spend(FrameBudget.CAPACITY);
        assertThat(budget.exhausted()).isTrue();
    }

    @Test
    void isSpentForGood() {
        budget.spend(FrameBudget.CAPACITY);
        budget.earn(FrameBudget.CAPACITY);
        assertThat(budget.exhausted()).isTrue();
    }
}
