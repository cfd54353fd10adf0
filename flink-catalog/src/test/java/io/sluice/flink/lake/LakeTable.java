package io.sluice.flink.lake;

import io.sluice.flink.FlinkTypes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.table.data.RowData;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.flink.data.FlinkParquetWriters;
import org.apache.iceberg.inmemory.InMemoryCatalog;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;
import org.jspecify.annotations.Nullable;

/** A table of the lake in memory, and its rows as the source reads them. */
public final class LakeTable implements AutoCloseable {

  private final InMemoryCatalog catalog = new InMemoryCatalog();
  private final Table table;

  /** Makes a table of some columns, with new ids. */
  public LakeTable(Schema schema) {
    catalog.initialize("lake", Map.of());
    catalog.createNamespace(Namespace.of("db"));
    table =
        catalog.createTable(
            TableIdentifier.of("db", "t"),
            schema,
            PartitionSpec.unpartitioned(),
            Map.of("format-version", "3"));
  }

  /** Returns the table, to be altered. */
  public Table table() {
    return table;
  }

  /** Adds a file of rows. */
  public void append(List<? extends RowData> rows, @Nullable StructLike partition)
      throws IOException {
    var type = FlinkTypes.flinkType(table.schema().asStruct(), false);
    DataWriter<RowData> writer =
        Parquet.writeData(
                table.io().newOutputFile(table.location() + "/" + UUID.randomUUID() + ".parquet"))
            .schema(table.schema())
            .createWriterFunc(file -> FlinkParquetWriters.buildWriter(type, file))
            .withSpec(table.spec())
            .withPartition(partition)
            .build();
    try (writer) {
      rows.forEach(writer::write);
    }
    table.newAppend().appendFile(writer.toDataFile()).commit();
  }

  /** Returns all rows in the columns of now. */
  public List<RowData> rows() throws IOException {
    return rows(table.schema());
  }

  /** Returns all rows in the columns of when a query began. */
  public List<RowData> rows(Schema planned) throws IOException {
    return rows(planned, List.of());
  }

  /** Returns rows, of which those may be missing that don't match. */
  public List<RowData> rows(Schema planned, List<Expression> filters) throws IOException {
    List<String> names = planned.columns().stream().map(column -> column.name()).toList();
    Schema projection = LakeColumns.project(table, planned, names);
    LakeRow row = new LakeRow(projection, names.size());
    LakeFileReader reader = new LakeFileReader(table, projection, filters);
    List<RowData> rows = new ArrayList<>();
    TableScan scan = table.newScan().filter(LakeColumns.pruning(table, planned, filters));
    try (CloseableIterable<FileScanTask> tasks = scan.planFiles()) {
      for (FileScanTask task : tasks) {
        try (CloseableIterator<RowData> read = reader.read(task).iterator()) {
          read.forEachRemaining(one -> rows.add(row.of(one)));
        }
      }
    }
    return rows;
  }

  @Override
  public void close() throws IOException {
    catalog.close();
  }
}
