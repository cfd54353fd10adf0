package io.sluice.gateway.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.Seeded;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class BalanceTest {

  private static final long SECOND = 1_000_000_000;

  @Test
  void aSecondsWorthIsThereAtOnce() {
    Balance balance = Balance.full(100, 5);

    assertThat(balance.minus(99, 5).waitNanos(5)).isZero();
    assertThat(balance.minus(100, 5).waitNanos(5)).isEqualTo(SECOND / 100);
  }

  @Test
  void whatIsOwedComesInBeforeAnythingIsTaken() {
    Balance owing = Balance.full(100, 0).minus(350, 0);

    assertThat(owing.waitNanos(0)).isEqualTo(251 * SECOND / 100);
    assertThat(owing.waitNanos(2 * SECOND)).isEqualTo(51 * SECOND / 100);
    assertThat(owing.minus(50, 2 * SECOND).waitNanos(2 * SECOND)).isEqualTo(101 * SECOND / 100);
    assertThat(owing.waitNanos(3 * SECOND)).isZero();
  }

  @Test
  void noMoreThanASecondsWorthIsKept() {
    long later = 3_600 * SECOND;
    Balance rested = Balance.full(100, 0).minus(100, 0).minus(100, later);

    assertThat(rested.waitNanos(later)).isEqualTo(SECOND / 100);
  }

  @Test
  void aHugeAmountIsOwedForAYear() {
    assertThat(Balance.full(1, 0).minus(Long.MAX_VALUE, 0).waitNanos(0))
        .isEqualTo(365 * 86_400 * SECOND);
  }

  @TestFactory
  Stream<DynamicTest> overTimeNoMoreIsTakenThanComes() {
    return Seeded.seeds(
        100,
        random -> {
          long perSecond = 1L + random.nextInt(10_000);
          int largest = 1 + random.nextInt(30_000);
          Balance balance = Balance.full(perSecond, 0);
          long now = 0;
          long taken = 0;
          for (int i = 0; i < 200; i++) {
            now += balance.waitNanos(now);
            assertThat(balance.waitNanos(now)).as("after the wait").isZero();
            double came = (double) perSecond * (1 + (double) now / (double) SECOND);
            assertThat((double) taken).as("before more is taken").isLessThanOrEqualTo(came);
            now += random.nextLong(SECOND / 100);
            long amount = 1 + random.nextLong(largest);
            balance = balance.minus(amount, now);
            taken += amount;
          }
        });
  }
}
