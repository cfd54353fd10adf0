package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TransactionNumbersTest {

  private static final UUID LOG = new UUID(1, 1);
  private static final UUID EPOCH = new UUID(2, 2);

  private final TransactionNumbers numbers = new TransactionNumbers(LOG, EPOCH);

  @Test
  void aTransactionCountsItsBatchesAndRows() {
    assertThat(numbers.next(3, 10)).isEqualTo(number(0, 0));
    assertThat(numbers.next(3, 5)).isEqualTo(number(0, 1));
    assertThat(numbers.next(1, 7)).isEqualTo(number(0, 0));
    assertThat(numbers.end()).containsExactly(prepared(1, 0, 7), prepared(3, 0, 15));
  }

  @Test
  void onlyBucketsWithRowsTakeANumber() {
    numbers.next(0, 1);
    numbers.next(1, 1);
    assertThat(numbers.end()).hasSize(2);
    assertThat(numbers.next(1, 2)).isEqualTo(number(1, 0));
    assertThat(numbers.end()).containsExactly(prepared(1, 1, 2));
    assertThat(numbers.end()).isEmpty();
    assertThat(numbers.next(0, 4)).isEqualTo(number(1, 0));
  }

  @Test
  void whatIsOpenIsNotEndedByAsking() {
    numbers.next(0, 1);
    assertThat(numbers.open()).containsExactly(prepared(0, 0, 1));
    assertThat(numbers.next(0, 1)).isEqualTo(number(0, 1));
    assertThat(numbers.end()).containsExactly(prepared(0, 0, 2));
    assertThat(numbers.open()).isEmpty();
  }

  private static BatchNumbers.BatchNumber number(long n, long sequence) {
    return new BatchNumbers.BatchNumber(OptionalLong.of(n), sequence);
  }

  private static PreparedTransaction prepared(int bucket, long n, long rows) {
    return new PreparedTransaction(LOG, bucket, EPOCH, n, rows);
  }
}
