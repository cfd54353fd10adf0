package io.sluice.flink.lake;

import io.sluice.client.TableDescription;
import io.sluice.flink.pushdown.Aggregate;
import io.sluice.flink.pushdown.Totals;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.CombinedScanTask;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.TableScanUtil;
import org.jspecify.annotations.Nullable;

/** Aggregates of a snapshot's rows, from metadata as far as it tells. */
public final class LakeTotals {

  /**
   * Adds what metadata tells of a snapshot.
   *
   * @param columns those that the aggregates name by their places
   * @return the files that must be read for the rest, in groups of a balanced size, each as JSON
   */
  public static List<List<String>> plan(
      LakeCatalog.View view,
      TableDescription described,
      List<String> columns,
      List<Aggregate> aggregates,
      Totals totals)
      throws IOException {
    Table table = view.table();
    if (view.isEmpty()) {
      return List.of();
    }
    Schema read = LakeColumns.project(view, described.schema(), columns);
    if (aggregates.stream().allMatch(one -> one.kind() == Aggregate.Kind.COUNT_ROWS)) {
      Optional<Long> rows = rows(table, table.snapshot(view.snapshotId()));
      if (rows.isPresent()) {
        addAll(totals, Collections.nCopies(aggregates.size(), rows.get()));
        return List.of();
      }
    }
    Set<String> unknown = new HashSet<>();
    FileTotals files = new FileTotals(aggregates, read.columns());
    try (CloseableIterable<FileScanTask> tasks =
        withStats(table, read).useSnapshot(view.snapshotId()).planFiles()) {
      for (FileScanTask task : tasks) {
        Optional<List<@Nullable Comparable<?>>> values =
            task.deletes().isEmpty() ? files.of(task.file()) : Optional.empty();
        values.ifPresent(known -> addAll(totals, known));
        if (values.isEmpty()) {
          unknown.add(task.file().location());
        }
      }
    }
    return unknown.isEmpty()
        ? List.of()
        : groups(table.newScan().useSnapshot(view.snapshotId()), unknown);
  }

  /** Names are those that columns have in the lake by now; one that was dropped has none. */
  private static TableScan withStats(Table table, Schema read) {
    List<String> names =
        read.columns().stream()
            .flatMap(
                column ->
                    Optional.ofNullable(table.schema().findColumnName(column.fieldId())).stream())
            .toList();
    return names.size() == read.columns().size()
        ? table.newScan().includeColumnStats(names)
        : table.newScan().includeColumnStats();
  }

  /** Returns the number of rows, if the list of manifests tells. */
  private static Optional<Long> rows(Table table, Snapshot snapshot) {
    if (!snapshot.deleteManifests(table.io()).isEmpty()) {
      return Optional.empty();
    }
    long rows = 0;
    for (ManifestFile manifest : snapshot.dataManifests(table.io())) {
      Long added = manifest.addedRowsCount();
      Long existing = manifest.existingRowsCount();
      if (added == null || existing == null) {
        return Optional.empty();
      }
      rows += added + existing;
    }
    return Optional.of(rows);
  }

  private static void addAll(Totals totals, List<? extends @Nullable Comparable<?>> values) {
    for (int i = 0; i < values.size(); i++) {
      totals.add(i, values.get(i));
    }
  }

  private static List<List<String>> groups(TableScan scan, Set<String> locations)
      throws IOException {
    List<List<String>> groups = new ArrayList<>();
    // Each closes the one that it is made of, which must be closed once.
    CloseableIterable<FileScanTask> wanted =
        CloseableIterable.filter(
            scan.planFiles(), task -> locations.contains(task.file().location()));
    try (CloseableIterable<CombinedScanTask> combined =
        TableScanUtil.planTasks(
            TableScanUtil.splitFiles(wanted, scan.targetSplitSize()),
            scan.targetSplitSize(),
            scan.splitLookback(),
            scan.splitOpenFileCost())) {
      for (CombinedScanTask group : combined) {
        groups.add(group.files().stream().map(TaskText::of).toList());
      }
    }
    return groups;
  }

  private LakeTotals() {}
}
