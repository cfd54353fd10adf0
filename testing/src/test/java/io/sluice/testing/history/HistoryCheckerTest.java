package io.sluice.testing.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The checker finds each thing that must not be, and nothing in what may be. */
class HistoryCheckerTest {

  private static final int WRITERS = 3;
  private static final int BUCKETS = 2;
  private static final int BATCHES = 20;

  private final History history = new History();
  private final List<Row> rows = new ArrayList<>();
  private final List<Row> acknowledged = new ArrayList<>();

  @Test
  void aHistoryWithoutFaultIsFine() {
    live(BATCHES);
    assertThat(HistoryChecker.check(history, rows)).isEmpty();
    assertThat(HistoryChecker.same("union", rows, List.copyOf(rows))).isEmpty();
  }

  @Test
  void rowsThatWereNotAcknowledgedMayBeMissing() {
    live(BATCHES - 1);
    assertThat(rows).hasSizeGreaterThan(acknowledged.size());
    assertThat(HistoryChecker.check(history, rows)).isEmpty();
    assertThat(HistoryChecker.check(history, acknowledged)).isEmpty();
  }

  @Test
  void aLossIsFound() {
    live(BATCHES);
    // The last row: one that is lost in the middle leaves a gap as well.
    rows.remove(rows.size() - 1);
    assertThat(HistoryChecker.check(history, rows)).singleElement().asString().startsWith("lost:");
  }

  @Test
  void anEarlyAckIsFound() {
    live(BATCHES);
    long n = history.send(0, 0, 4);
    history.acknowledged(new Ack(0, 0, n, 4, rows.stream().filter(r -> r.bucket() == 0).count()));
    assertThat(HistoryChecker.check(history, rows))
        .hasSize(4)
        .allMatch(violation -> violation.startsWith("lost:"));
  }

  @Test
  void aBatchWhoseRowsAreNotTogetherIsFound() {
    for (long n = 0; n < 2; n++) {
      for (int writer = 0; writer < 2; writer++) {
        rows.add(new Row(0, 2 * n + writer, 5, writer, history.send(writer, 0, 1)));
      }
    }
    assertThat(HistoryChecker.check(history, rows)).isEmpty();
    history.acknowledged(new Ack(1, 0, 0, 2, Ack.UNTOLD));
    assertThat(HistoryChecker.check(history, rows)).singleElement().asString().startsWith("torn:");
  }

  @Test
  void aDuplicateIsFound() {
    live(BATCHES);
    Row last = rows.get(rows.size() - 1);
    rows.add(new Row(last.bucket(), last.offset() + 1, last.timeMicros(), last.writer(), last.n()));
    assertThat(HistoryChecker.check(history, rows)).anyMatch(v -> v.startsWith("doubled:"));
  }

  @Test
  void aReorderIsFound() {
    live(BATCHES);
    int at = rows.size() - 2;
    Row one = rows.get(at);
    Row other = rows.get(at + 1);
    rows.set(at, new Row(one.bucket(), one.offset(), one.timeMicros(), one.writer(), other.n()));
    rows.set(
        at + 1,
        new Row(other.bucket(), other.offset(), other.timeMicros(), other.writer(), one.n()));
    assertThat(HistoryChecker.check(history, rows)).anyMatch(v -> v.startsWith("order:"));
  }

  @Test
  void aGapIsFound() {
    live(BATCHES);
    Row last = rows.remove(rows.size() - 1);
    rows.add(new Row(last.bucket(), last.offset() + 1, last.timeMicros(), last.writer(), last.n()));
    assertThat(HistoryChecker.check(history, rows)).anyMatch(v -> v.startsWith("offset:"));
  }

  @Test
  void aTimeThatGoesBackIsFound() {
    live(BATCHES);
    Row last = rows.remove(rows.size() - 1);
    rows.add(new Row(last.bucket(), last.offset(), 1, last.writer(), last.n()));
    assertThat(HistoryChecker.check(history, rows)).singleElement().asString().startsWith("time:");
  }

  @Test
  void aRowThatNobodySentIsFound() {
    live(BATCHES);
    long offset = rows.stream().filter(row -> row.bucket() == 1).count();
    rows.add(new Row(1, offset, Long.MAX_VALUE, 77, 0));
    assertThat(HistoryChecker.check(history, rows))
        .singleElement()
        .asString()
        .startsWith("invented:");
  }

  @Test
  void aReaderThatLeavesOutDoublesOrSeesOthersIsFound() {
    live(BATCHES);
    rows.forEach(row -> history.saw("fine", row));
    rows.stream().filter(row -> row.offset() != 5).forEach(row -> history.saw("skips", row));
    rows.forEach(
        row -> {
          history.saw("doubles", row);
          if (row.offset() == 7) {
            history.saw("doubles", row);
          }
        });
    Row first = rows.get(0);
    history.saw("differs", new Row(0, 0, first.timeMicros(), first.writer() + 1, 0));
    history.saw("ahead", new Row(0, 1_000_000, 1, 0, 0));
    List<String> found = HistoryChecker.check(history, rows);
    for (String reader : List.of("skips", "doubles", "differs", "ahead")) {
      assertThat(found).anyMatch(violation -> violation.startsWith("reader " + reader));
    }
    assertThat(found).noneMatch(violation -> violation.startsWith("reader fine"));
  }

  @Test
  void anotherReadingThatLacksOrDoublesARowIsFound() {
    live(BATCHES);
    assertThat(HistoryChecker.same("union", rows, rows.subList(0, rows.size() - 1))).hasSize(1);
    List<Row> doubled = new ArrayList<>(rows);
    doubled.add(rows.get(rows.size() - 1));
    assertThat(HistoryChecker.same("union", rows, doubled)).hasSize(1);
  }

  /** Fills the history with what a healthy table would have come to. */
  private void live(int acknowledgedBatches) {
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      long offset = 0;
      for (int batch = 0; batch < BATCHES; batch++) {
        for (int writer = 0; writer < WRITERS; writer++) {
          int count = 1 + (batch + writer) % 5;
          long n = history.send(writer, bucket, count);
          boolean told = batch < acknowledgedBatches;
          if (told) {
            history.acknowledged(new Ack(writer, bucket, n, count, offset));
          }
          for (int i = 0; i < count; i++) {
            Row row = new Row(bucket, offset++, 10 + offset / 3, writer, n + i);
            rows.add(row);
            if (told) {
              acknowledged.add(row);
            }
          }
        }
      }
    }
  }
}
