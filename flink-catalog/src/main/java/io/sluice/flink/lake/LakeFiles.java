package io.sluice.flink.lake;

import io.sluice.client.TableDescription;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.RowData;
import org.apache.iceberg.CombinedScanTask;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.CloseableIterator;
import org.jspecify.annotations.Nullable;

/** The files of one snapshot: planned once, read by many. */
public final class LakeFiles {

  /**
   * Plans the read of a snapshot.
   *
   * @param splitBytes how much a group has, about, at least 1 byte; null for what the table says
   * @return groups of files of a balanced size, each file, or part of one, as text
   */
  public static List<List<String>> plan(
      LakeCatalog.View view,
      TableDescription described,
      List<String> columns,
      List<Expression> filters,
      @Nullable Long splitBytes)
      throws IOException {
    Table table = view.table();
    if (view.isEmpty()) {
      return List.of();
    }
    TableScan scan =
        table
            .newScan()
            .useSnapshot(view.snapshotId())
            .filter(LakeColumns.pruning(table, described.schema(), filters))
            .project(LakeColumns.project(view, described.schema(), columns));
    if (splitBytes != null) {
      scan = scan.option(TableProperties.SPLIT_SIZE, splitBytes.toString());
    }
    List<List<String>> groups = new ArrayList<>();
    try (CloseableIterable<CombinedScanTask> tasks = scan.planTasks()) {
      for (CombinedScanTask task : tasks) {
        groups.add(task.files().stream().map(TaskText::of).toList());
      }
    }
    return groups;
  }

  /** Opens planned files one after the other. */
  public static Rows open(
      LakeCatalog.View view,
      TableDescription described,
      List<String> tasks,
      List<String> columns,
      List<Expression> filters)
      throws IOException {
    // A table that is nothing but system columns, or COUNT(*): something must be read to be
    // counted.
    List<String> read = columns.isEmpty() ? List.of(aPrimitive(described.schema())) : columns;
    Schema projection = LakeColumns.project(view, described.schema(), read);
    LakeFileReader reader = new LakeFileReader(view.table(), view.schema(), projection, filters);
    return new Rows(described.name().toString(), reader, new LakeRow(projection, columns), tasks);
  }

  private static String aPrimitive(Schema schema) {
    return schema.columns().stream()
        .filter(column -> column.type().isPrimitiveType())
        .findFirst()
        .orElseThrow()
        .name();
  }

  /** The rows of some files. */
  public static final class Rows implements AutoCloseable {

    private final String table;
    private final LakeFileReader reader;
    private final LakeRow row;
    private final List<String> tasks;
    private int nextTask;
    private @Nullable String opened;
    private CloseableIterator<RowData> file = CloseableIterator.empty();

    private Rows(String table, LakeFileReader reader, LakeRow row, List<String> tasks) {
      this.table = table;
      this.reader = reader;
      this.row = row;
      this.tasks = tasks;
    }

    /**
     * Puts further rows into an array.
     *
     * @return how many, fewer than it has room for only at the end
     */
    public int next(RowData[] rows) throws IOException {
      int count = 0;
      try {
        while (count < rows.length && advance()) {
          rows[count++] = row.of(file.next());
        }
      } catch (IOException | RuntimeException e) {
        throw failure(e);
      }
      return count;
    }

    /**
     * Passes over rows that were read before. The same tasks, columns and filters have the same
     * rows in the same order.
     *
     * @param count how many, at least 0; all if there are fewer
     */
    public void skip(long count) throws IOException {
      try {
        for (long left = count; left > 0 && advance(); left--) {
          var unused = file.next();
        }
      } catch (IOException | RuntimeException e) {
        throw failure(e);
      }
    }

    /** Returns what to throw for what is no runtime exception. */
    private IOException failure(Exception e) {
      if (GoneFile.isCauseOf(e)) {
        return GoneFile.failure(table, opened, e);
      }
      if (e instanceof RuntimeException unexpected) {
        throw unexpected;
      }
      return (IOException) e;
    }

    private boolean advance() throws IOException {
      while (!file.hasNext()) {
        file.close();
        if (nextTask == tasks.size()) {
          file = CloseableIterator.empty();
          return false;
        }
        FileScanTask task = TaskText.read(tasks.get(nextTask++));
        opened = task.file().location();
        file = reader.read(task).iterator();
      }
      return true;
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  private LakeFiles() {}
}
