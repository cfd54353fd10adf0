package io.sluice.testing.history;

import io.sluice.testing.history.History.Stream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds what can't be: acknowledged rows that are missing or doubled, rows out of order or of one
 * batch that aren't together, gaps in the offsets, times that go back, readers that saw something
 * else.
 */
public final class HistoryChecker {

  private static final int MOST_TOLD = 50;

  private final History history;
  private final List<String> violations = new ArrayList<>();
  private final Map<Integer, List<Row>> byBucket = new TreeMap<>();
  private final Map<Stream, Map<Long, Row>> places = new HashMap<>();

  private HistoryChecker(History history, List<Row> rows) {
    this.history = history;
    rows.forEach(
        row -> byBucket.computeIfAbsent(row.bucket(), bucket -> new ArrayList<>()).add(row));
  }

  /**
   * Checks a history.
   *
   * @param rows what the table has in the end, each bucket in the order in which it is read
   * @return what is wrong, the first 50 things of it; empty if nothing is
   */
  public static List<String> check(History history, List<Row> rows) {
    HistoryChecker checker = new HistoryChecker(history, rows);
    checker.byBucket.values().forEach(checker::checkBucket);
    history.acks().forEach(checker::checkAck);
    history.seen().forEach(checker::checkReader);
    return checker.violations.stream().limit(MOST_TOLD).toList();
  }

  /**
   * Checks another reading of the same rows, such as that of log and lake together.
   *
   * @return what is wrong; empty if it is the same
   */
  public static List<String> same(String what, List<Row> expected, List<Row> found) {
    List<String> violations = new ArrayList<>();
    for (int i = 0; i < Math.max(expected.size(), found.size()); i++) {
      Row one = i < expected.size() ? expected.get(i) : null;
      Row other = i < found.size() ? found.get(i) : null;
      if ((one == null || !one.equals(other)) && violations.size() < MOST_TOLD) {
        violations.add("%s: row %d is %s, not %s".formatted(what, i, other, one));
      }
    }
    return violations;
  }

  private void checkBucket(List<Row> rows) {
    Map<Stream, Long> next = new HashMap<>();
    long time = Long.MIN_VALUE;
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      Stream stream = new Stream(row.writer(), row.bucket());
      if (row.offset() != i) {
        wrong("offset: %s stands at place %d".formatted(row, i));
      }
      if (row.timeMicros() < time) {
        wrong("time: %s is older than the row before it, of %d".formatted(row, time));
      }
      time = row.timeMicros();
      long expected = next.getOrDefault(stream, 0L);
      if (row.n() != expected) {
        wrong("order: %s, but the writer's next row is number %d".formatted(row, expected));
      }
      next.put(stream, row.n() + 1);
      if (row.n() >= history.sent().getOrDefault(stream, 0L)) {
        wrong("invented: %s was never sent".formatted(row));
      }
      Row before = places.computeIfAbsent(stream, s -> new HashMap<>()).put(row.n(), row);
      if (before != null) {
        wrong("doubled: %s and %s".formatted(before, row));
      }
    }
  }

  private void checkAck(Ack ack) {
    Map<Long, Row> rows = places.getOrDefault(new Stream(ack.writer(), ack.bucket()), Map.of());
    Row first = rows.get(ack.n());
    for (long n = ack.n(); n < ack.n() + ack.rows(); n++) {
      Row row = rows.get(n);
      if (row == null) {
        wrong("lost: row %d of %s".formatted(n, ack));
      } else if (n == ack.n() && ack.offset() != Ack.UNTOLD && row.offset() != ack.offset()) {
        wrong("misplaced: %s is at %d".formatted(ack, row.offset()));
      } else if (first != null && row.offset() - first.offset() != n - ack.n()) {
        wrong("torn: row %d of %s is at %d".formatted(n, ack, row.offset()));
      }
    }
  }

  /** A reader sees what is there in the end, from where it began, and nothing twice. */
  private void checkReader(String reader, List<Row> seen) {
    Map<Integer, Long> next = new HashMap<>();
    for (Row row : seen) {
      Long expected = next.put(row.bucket(), row.offset() + 1);
      if (expected != null && row.offset() != expected) {
        wrong("reader %s: %s comes after offset %d".formatted(reader, row, expected - 1));
      }
      List<Row> rows = byBucket.getOrDefault(row.bucket(), List.of());
      boolean there = row.offset() >= 0 && row.offset() < rows.size();
      if (!there || !rows.get((int) row.offset()).equals(row)) {
        wrong(
            "reader %s: saw %s where %s is"
                .formatted(reader, row, there ? rows.get((int) row.offset()) : "nothing"));
      }
    }
  }

  private void wrong(String what) {
    if (violations.size() < MOST_TOLD) {
      violations.add(what);
    }
  }
}
