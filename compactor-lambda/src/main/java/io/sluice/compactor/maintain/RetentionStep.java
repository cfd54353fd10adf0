package io.sluice.compactor.maintain;

import io.sluice.catalog.lake.Outcome;
import io.sluice.catalog.range.Cut;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.table.CompactionException;
import io.sluice.compactor.table.TableLook;
import io.sluice.compactor.table.TableLooks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.DeleteFiles;
import org.apache.iceberg.FileScanTask;

/**
 * Removes the files all of whose rows are older than the table keeps rows. Offsets stay where they
 * are, and a file with a row that has no append time stays as a whole.
 */
final class RetentionStep implements MaintenanceStep {

  private final TableLooks looks;
  private final InstantSource clock;

  RetentionStep(TableLooks looks, InstantSource clock) {
    this.looks = looks;
    this.clock = clock;
  }

  @Override
  public StepResult run(Table table, Instant deadline)
      throws CompactionException, InterruptedException {
    Optional<Duration> retention = table.options().lakeRetention();
    if (retention.isEmpty()) {
      return StepResult.NOTHING;
    }
    Attempts attempts = new Attempts(table.name(), "lake.retention");
    while (true) {
      TableLook look = looks.look(table);
      List<FileScanTask> old = old(look, clock.instant().minus(retention.get()));
      if (old.isEmpty()) {
        return StepResult.NOTHING;
      }
      Outcome outcome =
          look.lake()
              .commit(look.view(), look.progress(), frozen -> without(frozen.newDelete(), old));
      if (outcome instanceof Outcome.Committed) {
        return new StepResult(
            old.size(), old.stream().mapToLong(task -> task.file().fileSizeInBytes()).sum());
      }
      if (!attempts.again(outcome)) {
        return StepResult.NOTHING;
      }
    }
  }

  private static DeleteFiles without(DeleteFiles change, List<FileScanTask> old) {
    old.forEach(task -> change.deleteFile(task.file()));
    return change.validateFilesExist();
  }

  private static List<FileScanTask> old(TableLook look, Instant before) {
    if (look.view().snapshotId() == Cut.NO_SNAPSHOT) {
      return List.of();
    }
    long beforeMicros = ChronoUnit.MICROS.between(Instant.EPOCH, before);
    StoredFiles files = new StoredFiles(look.view());
    return files.where(
        task -> files.newestMicros(task.file()).stream().anyMatch(newest -> newest < beforeMicros));
  }
}
