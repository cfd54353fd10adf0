package io.sluice.client;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** What was sent of the rows of one append, part by part. */
final class SentParts {

  private final List<CompletableFuture<List<Appended>>> answers = new ArrayList<>();
  private final SortedMap<Integer, Long> rows = new TreeMap<>();

  /** A bucket's next rows are on their way. */
  void add(int bucket, int count, CompletableFuture<List<Appended>> answer) {
    answers.add(answer);
    rows.merge(bucket, (long) count, Long::sum);
  }

  boolean isEmpty() {
    return answers.isEmpty();
  }

  /** The rows that were not added are not sent. */
  void rest(Exception why) {
    String what =
        "some of the rows were not sent; those that were are the first of each bucket, rows by"
            + " bucket: "
            + rows;
    answers.add(CompletableFuture.failedFuture(FlightErrors.of(why).in(what)));
  }

  /**
   * Returns what completes when all are durable or failed, with all places or the first failure.
   */
  CompletableFuture<List<Appended>> joined() {
    if (answers.size() == 1) {
      return answers.get(0);
    }
    return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
        .handle(
            (done, failure) -> {
              List<Appended> all = new ArrayList<>();
              for (CompletableFuture<List<Appended>> each : answers) {
                all.addAll(each.join());
              }
              return all;
            });
  }
}
