package io.sluice.client;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Counts the transactions of one writer epoch, and the batches and rows of each. A bucket's
 * transactions are dense: one that gets no rows takes no number. One thread at a time.
 */
final class TransactionNumbers implements BatchNumbers {

  private static final class Counter {
    long n;
    long sequence;
    long rows;
  }

  private final UUID incarnation;
  private final UUID writerEpoch;
  private final SortedMap<Integer, Counter> buckets = new TreeMap<>();

  TransactionNumbers(UUID incarnation, UUID writerEpoch) {
    this.incarnation = incarnation;
    this.writerEpoch = writerEpoch;
  }

  @Override
  public BatchNumber next(int bucket, int rows) {
    Counter counter = buckets.computeIfAbsent(bucket, any -> new Counter());
    counter.rows += rows;
    return new BatchNumber(OptionalLong.of(counter.n), counter.sequence++);
  }

  /** Returns the transactions that have rows and weren't ended, by bucket. */
  List<PreparedTransaction> open() {
    List<PreparedTransaction> open = new ArrayList<>();
    buckets.forEach(
        (bucket, counter) -> {
          if (counter.rows > 0) {
            open.add(
                new PreparedTransaction(incarnation, bucket, writerEpoch, counter.n, counter.rows));
          }
        });
    return open;
  }

  /** Ends the transactions that have rows, and returns them, by bucket. */
  List<PreparedTransaction> end() {
    List<PreparedTransaction> ended = open();
    for (Counter counter : buckets.values()) {
      if (counter.rows > 0) {
        counter.n++;
        counter.sequence = 0;
        counter.rows = 0;
      }
    }
    return ended;
  }
}
