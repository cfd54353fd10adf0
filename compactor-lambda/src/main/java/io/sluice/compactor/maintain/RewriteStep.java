package io.sluice.compactor.maintain;

import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Outcome;
import io.sluice.catalog.range.Cut;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.maintain.StoredFiles.Partition;
import io.sluice.compactor.plan.Upkeep;
import io.sluice.compactor.table.CompactionException;
import io.sluice.compactor.table.CompactionException.Reason;
import io.sluice.compactor.table.TableLook;
import io.sluice.compactor.table.TableLooks;
import io.sluice.compactor.write.LakeSchema;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.data.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes small files, and files with deletes, anew: the rows of several in their order into one.
 * What comes of it is committed only if all of those files are still there and nobody has deleted
 * rows of them meanwhile; otherwise it is given up, and its file is left to orphan removal.
 */
final class RewriteStep implements MaintenanceStep {

  private static final Logger LOG = LoggerFactory.getLogger(RewriteStep.class);

  /** So that little is written for nothing if others change the table meanwhile. */
  private static final int COMMITTED_TOGETHER = 10;

  private final TableLooks looks;
  private final RewriteLimits limits;
  private final long bytesPerTurn;
  private final RewriteWriter writer;
  private final InstantSource clock;
  private final Map<UUID, Long> nothingAt = new ConcurrentHashMap<>();

  RewriteStep(
      TableLooks looks,
      RewriteLimits limits,
      long bytesPerTurn,
      RewriteWriter writer,
      InstantSource clock) {
    this.looks = looks;
    this.limits = limits;
    this.bytesPerTurn = bytesPerTurn;
    this.writer = writer;
    this.clock = clock;
  }

  /** A file that was written, and what it is to replace. */
  private record Rewrite(
      LakeView start, Instant begun, List<FileScanTask> old, Optional<DataFile> made) {

    long bytes() {
      return old.stream().mapToLong(task -> task.file().fileSizeInBytes()).sum();
    }
  }

  @Override
  public StepResult run(Table table, Instant deadline)
      throws CompactionException, InterruptedException {
    TableLook look = looks.look(table);
    long snapshot = look.view().snapshotId();
    if (snapshot == Cut.NO_SNAPSHOT
        || Objects.equals(nothingAt.get(table.id()), snapshot)
        // Two names that Parquet spells alike would become one column with Iceberg's writer.
        || !LakeSchema.hasDistinctNames(look.view().schema())) {
      return StepResult.NOTHING;
    }
    List<List<FileScanTask>> groups = groups(look.view());
    if (groups.isEmpty()) {
      nothingAt.put(table.id(), snapshot);
    }
    Turn turn = new Turn(table);
    long left = bytesPerTurn;
    for (List<FileScanTask> group : groups) {
      if (left <= 0 || !Instant.now().isBefore(deadline)) {
        break;
      }
      left -= turn.write(look, group);
    }
    return turn.end();
  }

  /**
   * What was rewritten in one turn. Small rewrites are committed several at a time: each commit
   * writes the manifests anew that have their files, which is most of the work if these are many
   * and small.
   */
  private final class Turn {

    private final Table table;
    private final List<Rewrite> written = new ArrayList<>();
    private long bytes;
    private long replaced;
    private long replacedBytes;

    Turn(Table table) {
      this.table = table;
    }

    /** Returns how many bytes the files had. */
    long write(TableLook look, List<FileScanTask> group)
        throws CompactionException, InterruptedException {
      Rewrite rewrite;
      try {
        rewrite = RewriteStep.this.write(look, group);
      } catch (CompactionException e) {
        commitWritten();
        throw e;
      }
      written.add(rewrite);
      bytes += rewrite.bytes();
      if (bytes >= limits.targetBytes() / 2 || written.size() == COMMITTED_TOGETHER) {
        commitWritten();
      }
      return rewrite.bytes();
    }

    StepResult end() throws CompactionException, InterruptedException {
      commitWritten();
      return new StepResult(replaced, replacedBytes);
    }

    private void commitWritten() throws CompactionException, InterruptedException {
      List<Rewrite> together = List.copyOf(written);
      written.clear();
      bytes = 0;
      if (together.size() > 1 && !commit(table, together)) {
        // One of them may have lost its files: the others needn't.
        for (Rewrite one : together) {
          count(List.of(one), commit(table, List.of(one)));
        }
      } else if (together.size() > 1) {
        count(together, true);
      } else if (together.size() == 1) {
        count(together, commit(table, together));
      }
    }

    private void count(List<Rewrite> rewrites, boolean committed) {
      if (committed) {
        replaced += rewrites.stream().mapToLong(one -> one.old().size()).sum();
        replacedBytes += rewrites.stream().mapToLong(Rewrite::bytes).sum();
      }
    }
  }

  private List<List<FileScanTask>> groups(LakeView view) {
    StoredFiles files = new StoredFiles(view);
    long large = limits.targetBytes() / 2;
    Map<String, FileScanTask> tasks = new HashMap<>();
    Map<Partition, List<StoredFile>> described = new LinkedHashMap<>();
    for (FileScanTask task :
        files.where(
            task ->
                StoredFiles.isParquet(task)
                    && (task.file().fileSizeInBytes() < large || !task.deletes().isEmpty()))) {
      tasks.put(task.file().location(), task);
      described
          .computeIfAbsent(Partition.of(task), partition -> new ArrayList<>())
          .add(files.describe(task));
    }
    return described.values().stream()
        .flatMap(together -> RewritePlanner.groups(together, limits).stream())
        .map(
            group ->
                group.stream()
                    .map(file -> Objects.requireNonNull(tasks.get(file.location())))
                    .toList())
        .toList();
  }

  private Rewrite write(TableLook look, List<FileScanTask> group) throws CompactionException {
    Instant begun = clock.instant();
    LakeView start = look.view();
    long rows = group.stream().mapToLong(task -> task.file().recordCount()).sum();
    boolean deletes = group.stream().anyMatch(task -> !task.deletes().isEmpty());
    try (RowMerge<Record> merge = new LakeRows(look.lake().io(), start).open(group)) {
      Optional<DataFile> made =
          writer.write(
              look.lake().io(), start, group.get(0).spec(), group.get(0).file().partition(), merge);
      long written = made.map(DataFile::recordCount).orElse(0L);
      if (written > rows || (written < rows && !deletes)) {
        throw new IllegalStateException(
            "a rewrite of " + rows + " rows has come to " + written + ": " + group);
      }
      return new Rewrite(start, begun, group, made);
    } catch (IOException | RuntimeException e) {
      throw new CompactionException(
          Reason.UNAVAILABLE,
          "files of " + look.table().name() + " can't be rewritten: " + e.getMessage(),
          e);
    }
  }

  /** Commits rewrites of one look, all or none. */
  private boolean commit(Table table, List<Rewrite> rewrites)
      throws CompactionException, InterruptedException {
    Attempts attempts = new Attempts(table.name(), "a rewrite");
    while (true) {
      TableLook look = looks.look(table);
      // After the look: whoever has looked before a file could be an orphan can commit it safely.
      if (clock.instant().isAfter(rewrites.get(0).begun().plus(Upkeep.RESULT_LIFE))) {
        LOG.info("A rewrite of {} took too long: given up", table.name());
        return false;
      }
      Outcome outcome =
          look.lake()
              .commit(
                  look.view(), look.progress(), frozen -> replace(frozen.newRewrite(), rewrites));
      if (outcome instanceof Outcome.Committed) {
        return true;
      }
      if (!attempts.again(outcome)) {
        return false;
      }
    }
  }

  private static RewriteFiles replace(RewriteFiles change, List<Rewrite> rewrites) {
    LakeView start = rewrites.get(0).start();
    change
        .validateFromSnapshot(start.snapshotId())
        // What others delete by value from now on is deleted from the new files too.
        .dataSequenceNumber(
            Objects.requireNonNull(start.metadata().currentSnapshot()).sequenceNumber());
    for (Rewrite rewrite : rewrites) {
      rewrite.old().forEach(task -> change.deleteFile(task.file()));
      rewrite.made().ifPresent(change::addFile);
    }
    return change;
  }
}
