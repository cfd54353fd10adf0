package io.sluice.flink.read;

import io.sluice.flink.read.SluiceSplit.RangeSplit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Tells Flink while a bucket is read from the lake: operators may then work for throughput, and
 * checkpoints be rarer. It isn't in checkpoints, since readers say anew where they are. For the
 * coordinator's thread, but for {@link #buckets}.
 */
final class Backlog {

  private final Consumer<Boolean> told;
  private final Set<Integer> buckets = ConcurrentHashMap.newKeySet();
  private boolean last;

  /**
   * @param told whether there is a backlog, whenever that changes; at first there is none
   */
  Backlog(Consumer<Boolean> told) {
    this.told = told;
  }

  /**
   * Makes one that tells nothing of a query that ends: its readers finish one by one, as soon as
   * they are out of the lake or without a bucket, and Flink fails the job if one of them finishes
   * while it is being told.
   */
  static Backlog of(Consumer<Boolean> told, boolean ends) {
    return new Backlog(ends ? backlog -> {} : told);
  }

  /** These will be read from the lake first, those that say so. */
  void expect(List<SluiceSplit> splits) {
    for (SluiceSplit split : splits) {
      if (split instanceof RangeSplit range && range.lakeFirst()) {
        buckets.add(range.bucket());
      }
    }
    tell();
  }

  /** A reader said where it reads. */
  void heard(HistoryEvent event) {
    if (event.reading()) {
      buckets.add(event.bucket());
    } else {
      buckets.remove(event.bucket());
    }
    tell();
  }

  /** Returns how many buckets are read from the lake, as far as is known. Thread-safe. */
  int buckets() {
    return buckets.size();
  }

  private void tell() {
    boolean now = !buckets.isEmpty();
    if (now != last) {
      last = now;
      told.accept(now);
    }
  }
}
