package io.sluice.gateway.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.LakeLag;
import io.sluice.catalog.compaction.MaintenanceNote;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.tables.TableStatus.Figures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FreshReadsTest {

  private static final TableName TABLE = new TableName("db", "t");
  private static final TableName OTHER = new TableName("db", "other");
  private static final Duration ALL = Duration.ZERO;

  private final List<CompletableFuture<FlushReport>> flushes = new ArrayList<>();
  private final List<Duration> patience = new ArrayList<>();
  private long rows = 7;
  private double seconds = 12;
  private boolean known = true;
  private long nanos = -5;

  private final FreshReads reads =
      new FreshReads(
          new FreshReads.Flusher() {
            @Override
            public CompletableFuture<Optional<Duration>> freshness(TableName table) {
              return CompletableFuture.completedFuture(
                  table.equals(TABLE) ? Optional.of(Duration.ofSeconds(12)) : Optional.empty());
            }

            @Override
            public CompletableFuture<TableStatus> status(TableName table) {
              LakeLag lag = new LakeLag(rows, 10 * rows, OptionalLong.of(1));
              return CompletableFuture.completedFuture(
                  known
                      ? new TableStatus(
                          table,
                          Optional.of(new Figures(1, 100, lag, rows == 0 ? 0 : seconds)),
                          null,
                          MaintenanceNote.NONE)
                      : TableStatus.unknown(table, "an owner can't be asked"));
            }

            @Override
            public CompletableFuture<FlushReport> flush(TableName table, Duration limit) {
              CompletableFuture<FlushReport> flush = new CompletableFuture<>();
              flushes.add(flush);
              patience.add(limit);
              return flush;
            }
          },
          () -> nanos);

  @Test
  void aTableThatIsFreshEnoughIsLeftAlone() {
    assertThat(reads.freshen(TABLE, Duration.ofSeconds(13))).isCompleted();
    rows = 0;
    assertThat(reads.freshen(TABLE, ALL)).isCompleted();
    assertThat(flushes).isEmpty();
  }

  @Test
  void withoutAWordOfTheLoadTheTablesOptionCounts() {
    assertThat(reads.freshen(OTHER).join()).isEmpty();
    seconds = 11.9;
    assertThat(reads.freshen(TABLE).join()).isPresent();
    assertThat(flushes).isEmpty();

    seconds = 12;
    assertThat(reads.freshen(TABLE)).isNotDone();
    assertThat(flushes).hasSize(1);
  }

  @Test
  void aLoadWaitsUntilTheLakeHasTheRows() {
    CompletableFuture<TableStatus> load = reads.freshen(TABLE, Duration.ofSeconds(12));
    assertThat(load).isNotDone();
    assertThat(patience).containsExactly(FreshReads.PATIENCE);

    flushed(0);

    assertThat(notInLake(load.join())).isZero();
    assertThat(flushes).hasSize(1);
  }

  @Test
  void loadsThatComeMeanwhileWaitForTheSameFlush() {
    CompletableFuture<TableStatus> first = reads.freshen(TABLE, ALL);
    CompletableFuture<TableStatus> second = reads.freshen(TABLE, ALL);
    CompletableFuture<TableStatus> other = reads.freshen(OTHER, ALL);
    assertThat(flushes).hasSize(2);
    assertThat(second).isNotDone();

    flushed(0);

    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
    assertThat(other).isNotDone();
  }

  @Test
  void thereIsOneFlushPerInterval() {
    var unused = reads.freshen(TABLE, ALL);
    flushed(0);
    rows = 3;
    nanos += FreshReads.INTERVAL.toNanos() - 1;

    TableStatus stale = reads.freshen(TABLE, ALL).join();
    assertThat(notInLake(stale)).isEqualTo(3);
    assertThat(flushes).hasSize(1);

    nanos += 1;
    assertThat(reads.freshen(TABLE, ALL)).isNotDone();
    assertThat(flushes).hasSize(2);
  }

  @Test
  void aLakeThatIsTooSlowIsReadAsItIs() {
    CompletableFuture<TableStatus> load = reads.freshen(TABLE, ALL);
    nanos += FreshReads.PATIENCE.toNanos();
    flushes.get(0).completeExceptionally(new IllegalStateException("the lake is away"));

    assertThat(notInLake(load.join())).isEqualTo(7);
    assertThat(flushes).hasSize(1);
  }

  @Test
  void anEngineThatTriesItsCommitAgainMeetsNoFlush() {
    reads.conflicted(TABLE);
    nanos += FreshReads.CONFLICT_PAUSE.toNanos() - 1;
    assertThat(reads.freshen(TABLE, ALL)).isCompleted();
    assertThat(flushes).isEmpty();

    nanos += 1;
    assertThat(reads.freshen(TABLE, ALL)).isNotDone();
    assertThat(flushes).hasSize(1);
  }

  @Test
  void aLagThatIsNotKnownIsNotTakenForNone() {
    known = false;
    CompletableFuture<TableStatus> load = reads.freshen(TABLE, Duration.ofDays(1));
    CompletableFuture<TableStatus> other = reads.freshen(OTHER, Duration.ofDays(1));
    assertThat(load).isNotDone();
    assertThat(flushes).hasSize(2);

    flushes.get(0).completeExceptionally(new IllegalStateException("nor asked for a flush"));
    assertThat(load.join().figures()).isEmpty();
    assertThat(load.join().lastError()).isEqualTo("an owner can't be asked");
    known = true;
    flushed(1);
    assertThat(notInLake(other.join())).isZero();
    assertThat(flushes).hasSize(2);
  }

  private static long notInLake(TableStatus status) {
    return status.figures().orElseThrow().notInLake().rows();
  }

  private void flushed(int flush) {
    rows = 0;
    flushes.get(flush).complete(new FlushReport(List.of(), true));
  }
}
