package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.Retention;
import io.sluice.catalog.bucket.Retention.Step;
import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.Seam.Fate;
import io.sluice.log.read.FrameCursor;
import io.sluice.log.read.PlacedFrame;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rows that waited for hours, and readers that were there before they moved. */
@Timeout(60)
class BacklogTest {

  private static final Duration LOG_RETENTION = Duration.ofHours(1);
  private static final Duration WRITER_EXPIRY = Duration.ofHours(24);
  private static final int HOURS = 3;
  private static final int SEGMENTS = 12;

  @Test
  void aBacklogDrainsInBoundedPlansWhileOlderReadersKeepTheirRows() throws Exception {
    try (SeamTown town = new SeamTown()) {
      Table table = town.table("t", 1);
      town.append(table, 0, 20, 20);
      var unused = town.compactor(Seam.well("w")).compact(table, CompactorTown.FAR);
      for (int segment = 0; segment < SEGMENTS; segment++) {
        town.now = town.now.plus(Duration.ofHours(HOURS).dividedBy(SEGMENTS));
        town.append(table, 0, 100, 30);
      }
      LakeView pinned = town.lake.table(table).load();
      assertThat(pinned.progress().offset(0)).isEqualTo(20);
      Instant begun = town.now;

      CompactionReport report = town.run(slow(town, table), table).orElseThrow();

      assertThat(report.rows()).isEqualTo(100 * SEGMENTS);
      assertThat(report.commits()).isGreaterThan(3);
      Duration taken = Duration.between(begun, town.now);
      assertThat(taken).isBetween(Duration.ofMinutes(10), LOG_RETENTION);
      town.audit(table).check();
      assertStillReadable(town, table, pinned);
    }
  }

  /** Returns the way of a compactor for whom each commit takes five minutes. */
  private static Seam slow(SeamTown town, Table table) {
    return new Seam(
        "slow",
        call -> {
          if (call.name().equals("commit")) {
            town.now = town.now.plus(Duration.ofMinutes(5));
          }
          if (call.name().equals("replace work")) {
            assertPlansBounded(town, table);
          }
          return Fate.WELL;
        });
  }

  private static void assertPlansBounded(SeamTown town, Table table) {
    try {
      assertThat(town.work(table).plans())
          .hasSizeLessThanOrEqualTo(SeamTown.SMALL.openPlans())
          .allMatch(plan -> plan.rows() <= 2 * SeamTown.SMALL.planRows());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** The rows count from when the lake had them, however old they were by then. */
  private static void assertStillReadable(SeamTown town, Table table, LakeView pinned)
      throws Exception {
    BucketState state = town.bucket(table, 0);
    Instant last = town.now;
    assertThat(logStart(state, last)).isEqualTo(20);
    assertThat(readLog(town, state, pinned.progress())).isEqualTo(offsets(20, 20 + 100 * SEGMENTS));
    assertThat(town.lake.table(table).load().metadata().snapshot(pinned.snapshotId())).isNotNull();
    // An hour after the last commit all of it may go.
    assertThat(logStart(state, last.plus(LOG_RETENTION))).isEqualTo(20 + 100 * SEGMENTS);
  }

  /** Returns where the log begins once all has left it that may leave by then. */
  private static long logStart(BucketState state, Instant at) {
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, at);
    long epoch = state.claim().epoch();
    Optional<Step> step = Retention.next(state, LOG_RETENTION, WRITER_EXPIRY, micros);
    if (step.isEmpty()) {
      return state.startOffset();
    }
    if (step.get() instanceof Step.Mark mark) {
      return logStart(state.markDeleting(epoch, mark.ledgerId()), at);
    }
    if (step.get() instanceof Step.Delete delete) {
      return logStart(state.forget(epoch, delete.ledgerId()), at);
    }
    throw new AssertionError("its writers expired long ago: " + step);
  }

  private static List<Long> readLog(SeamTown town, BucketState state, Progress from)
      throws Exception {
    List<Long> found = new ArrayList<>();
    try (FrameCursor cursor = town.log.open(state, from.offset(0), state.sealedEndOffset())) {
      List<PlacedFrame> frames = cursor.next(1 << 20).get(10, TimeUnit.SECONDS);
      while (!frames.isEmpty()) {
        for (PlacedFrame frame : frames) {
          found.addAll(offsets(frame.offset(), frame.endOffset()));
          frame.release();
        }
        frames = cursor.next(1 << 20).get(10, TimeUnit.SECONDS);
      }
    }
    return found;
  }

  private static List<Long> offsets(long start, long end) {
    return LongStream.range(start, end).boxed().toList();
  }
}
