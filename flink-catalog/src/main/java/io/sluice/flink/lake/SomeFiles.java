package io.sluice.flink.lake;

import io.sluice.client.TableDescription;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;

/**
 * Files of a snapshot that have as many rows as are wanted, or all of its files.
 *
 * @param tasks the files, each as text
 * @param rows how many rows they have at least
 */
public record SomeFiles(List<String> tasks, long rows) {

  /**
   * Plans the read of some rows of a snapshot.
   *
   * @param rows how many are enough
   */
  public static SomeFiles plan(
      LakeCatalog.View view, TableDescription described, List<String> columns, long rows)
      throws IOException {
    Table table = view.table();
    if (rows == 0 || view.isEmpty()) {
      return new SomeFiles(List.of(), 0);
    }
    List<String> tasks = new ArrayList<>();
    List<String> deletedFrom = new ArrayList<>();
    long there = 0;
    try (CloseableIterable<FileScanTask> files =
        table
            .newScan()
            .useSnapshot(view.snapshotId())
            .project(LakeColumns.project(view, described.schema(), columns))
            .planFiles()) {
      for (FileScanTask task : files) {
        if (there >= rows) {
          break;
        }
        // How many rows are left of a file with deletes isn't known until it is read.
        if (!task.deletes().isEmpty()) {
          deletedFrom.add(TaskText.of(task));
        } else if (task.file().recordCount() > 0) {
          tasks.add(TaskText.of(task));
          there += task.file().recordCount();
        }
      }
    }
    if (there < rows) {
      tasks.addAll(deletedFrom);
    }
    return new SomeFiles(List.copyOf(tasks), there);
  }
}
