package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.compaction.CompactionError;
import io.sluice.catalog.compaction.CompactionErrors;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class CompactorThreadsTest {

  private static final Duration LIMIT = Duration.ofSeconds(90);

  @TempDir Path folder;
  private CompactorTown town;

  @BeforeEach
  void opensTown() throws Exception {
    town = new CompactorTown(folder);
  }

  @AfterEach
  void closesTown() {
    town.close();
  }

  @Test
  void theScheduleFindsWhatNobodyAnnounced() throws Exception {
    Table table = town.table("t", 2);
    try (CompactorThreads threads = start()) {
      town.append(table, 0, 10, 10);
      town.append(table, 1, 10, 10);
      compacted(table, 10);
      assertThat(threads.status()).containsOnlyKeys(table.name());
    }
    town.assertLakeEqualsLog(table);
  }

  @Test
  void requestsForOneTableAreMerged() throws Exception {
    Table table = town.table("t", 1);
    town.append(table, 0, 10, 10);
    try (CompactorThreads threads = start()) {
      for (int i = 0; i < 1_000; i++) {
        threads.request(table.name());
      }
      compacted(table, 10);
    }
    assertThat(town.iceberg(table).snapshots()).hasSize(1);
    town.assertLakeEqualsLog(table);
  }

  @Test
  void aBrokenTableDelaysNoOtherAndSaysWhatIsWrong() throws Exception {
    Table broken = town.table("broken", 1);
    Table well = town.table("well", 1);
    town.append(broken, 0, 10, 10);
    town.log.lose(1);
    try (CompactorThreads threads = start()) {
      threads.request(broken.name());
      Eventually.holds("fails twice", LIMIT, () -> failures(threads, broken.name()) >= 2);
      for (int round = 1; round <= 3; round++) {
        town.append(well, 0, 10, 10);
        threads.request(well.name());
        compacted(well, 10L * round);
      }
      TableStatus status = Objects.requireNonNull(threads.status().get(broken.name()));
      assertThat(status.lastError())
          .hasValueSatisfying(error -> assertThat(error).contains("ledger 1 can't be read"));
      assertThat(status.retryAt()).isPresent();
      assertThat(failures(threads, well.name())).isZero();
    }
    town.assertLakeEqualsLog(well);
  }

  @Test
  void anErrorStopsATableNoLongerThanAFailure() throws Exception {
    Table table = town.table("t", 1);
    town.append(table, 0, 10, 10);
    FailingTables tables = new FailingTables(Tables.of(town.catalog));
    tables.loads.set(1);
    try (CompactorThreads threads =
        CompactorThreads.start(town.compactor("threads"), tables, town.settings("threads"))) {
      threads.request(table.name());
      compacted(table, 10);
      Eventually.holds("has room again", LIMIT, threads::hasRoom);

      // The schedule goes on after one too.
      tables.lists.set(1);
      Eventually.holds("the list has failed", LIMIT, () -> tables.lists.get() <= 0);
      town.append(table, 0, 10, 10);
      compacted(table, 20);
    }
    town.assertLakeEqualsLog(table);
  }

  @Test
  void whatFailsIsNotedForAllUntilItSucceeds() throws Exception {
    CompactionErrors errors = new CompactionErrors(town.metadata);
    Table table = town.table("t", 1);
    town.append(table, 0, 10, 10);
    town.log.hide(1);
    try (CompactorThreads threads = start()) {
      threads.request(table.name());
      Eventually.holds("is noted", LIMIT, () -> noted(errors, table).isPresent());
      assertThat(noted(errors, table).orElseThrow().message()).contains("ledger 1 can't be read");
      assertThat(noted(errors, table).orElseThrow().worker()).isEqualTo("threads");

      town.log.find(1);
      Eventually.holds("is forgotten", LIMIT, () -> noted(errors, table).isEmpty());
    }
    town.assertLakeEqualsLog(table);
  }

  @Test
  void aTablesNoteGoesWithIt() throws Exception {
    CompactionErrors errors = new CompactionErrors(town.metadata);
    Table table = town.table("t", 1);
    errors.failed(table.id(), new CompactionError(Instant.EPOCH, "w", "no such bucket"));
    Eventually.holds("is noted", LIMIT, () -> noted(errors, table).isPresent());

    town.catalog.dropTable(table.name(), false, false);

    assertThat(noted(errors, table)).isEmpty();
  }

  private static Optional<CompactionError> noted(CompactionErrors errors, Table table)
      throws Exception {
    return errors.of(table.id()).get(5, TimeUnit.SECONDS);
  }

  @Test
  void aTableThatIsGoneIsForgotten() throws Exception {
    Table table = town.table("t", 1);
    try (CompactorThreads threads = start()) {
      threads.request(table.name());
      threads.request(new TableName("db", "never"));
      town.catalog.dropTable(table.name(), false, false);
      threads.request(table.name());
      Eventually.holds("forgets", LIMIT, () -> threads.status().isEmpty());
    }
  }

  @Test
  void afterItsEndNothingIsBegun() throws Exception {
    Table table = town.table("t", 1);
    CompactorThreads threads = start();
    threads.close();
    town.append(table, 0, 10, 10);

    threads.request(table.name());

    assertThat(threads.status()).isEmpty();
    assertThat(town.progress(table).offset(0)).isZero();
  }

  private CompactorThreads start() {
    return CompactorThreads.start(
        town.compactor("threads"), Tables.of(town.catalog), town.settings("threads"));
  }

  private void compacted(Table table, long offset) throws Exception {
    Eventually.holds(
        "everything is in the lake",
        LIMIT,
        () -> {
          for (int bucket = 0; bucket < table.bucketCount(); bucket++) {
            if (town.bucket(table, bucket).lakeOffsetFloor() < offset) {
              return false;
            }
          }
          return true;
        });
  }

  private static int failures(CompactorThreads threads, TableName table) {
    TableStatus status = threads.status().get(table);
    return status == null ? 0 : status.failures();
  }
}
