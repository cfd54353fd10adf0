package io.sluice.compactor;

import java.io.IOException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.deletes.EqualityDeleteWriter;
import org.apache.iceberg.deletes.PositionDelete;
import org.apache.iceberg.deletes.PositionDeleteWriter;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.Parquet;

/** Another engine at a lake table, which knows nothing of Sluice. */
final class ForeignEngine {

  private final Table table;

  ForeignEngine(Table table) {
    this.table = table;
  }

  /** Appends rows of which only the first has an append time, a very old one. */
  void appendHalfDated(long first, int count) throws IOException {
    table.newAppend().appendFile(write(first, count, true)).commit();
  }

  /** Writes rows without Sluice's columns, numbered from {@code first} on; commits nothing. */
  private DataFile write(long first, int count, boolean dated) throws IOException {
    DataWriter<Record> writer =
        Parquet.writeData(file())
            .forTable(table)
            .createWriterFunc((schema, type) -> GenericParquetWriter.create(schema, type))
            .build();
    try (writer) {
      for (long number = first; number < first + count; number++) {
        Record row = GenericRecord.create(table.schema());
        row.setField("n", number);
        row.setField("text", "foreign");
        if (dated && number == first) {
          row.setField("_timestamp", OffsetDateTime.parse("1970-01-01T00:00:00Z"));
        }
        writer.write(row);
      }
    }
    return writer.toDataFile();
  }

  /** Appends such rows. */
  void append(long first, int count) throws IOException {
    table.newAppend().appendFile(write(first, count, false)).commit();
  }

  /** Appends one row in a partition of its own, by the table's newest spec. */
  void appendPartitioned(long number) throws IOException {
    Record row = GenericRecord.create(table.schema());
    row.setField("n", number);
    PartitionKey key = new PartitionKey(table.spec(), table.schema());
    key.partition(row);
    DataWriter<Record> writer =
        Parquet.writeData(file())
            .forTable(table)
            .withPartition(key)
            .createWriterFunc((schema, type) -> GenericParquetWriter.create(schema, type))
            .build();
    try (writer) {
      writer.write(row);
    }
    table.newAppend().appendFile(writer.toDataFile()).commit();
  }

  /** Deletes one row of a file by its position. */
  void deletePosition(DataFile file, long position) throws IOException {
    PositionDeleteWriter<Record> writer =
        Parquet.writeDeletes(file())
            .withSpec(table.spec())
            .createWriterFunc((schema, type) -> GenericParquetWriter.create(schema, type))
            .buildPositionWriter();
    try (writer) {
      PositionDelete<Record> delete = PositionDelete.create();
      writer.write(delete.set(file.location(), position));
    }
    table.newRowDelta().addDeletes(writer.toDeleteFile()).commit();
  }

  /** Deletes all rows with a number that there are by now. */
  void deleteNumber(long number) throws IOException {
    org.apache.iceberg.Schema columns = table.schema().select("n");
    EqualityDeleteWriter<Record> writer =
        Parquet.writeDeletes(file())
            .withSpec(table.spec())
            .rowSchema(columns)
            .equalityFieldIds(columns.findField("n").fieldId())
            .createWriterFunc((schema, type) -> GenericParquetWriter.create(schema, type))
            .buildEqualityWriter();
    try (writer) {
      Record row = GenericRecord.create(columns);
      row.setField("n", number);
      writer.write(row);
    }
    table.newRowDelta().addDeletes(writer.toDeleteFile()).commit();
  }

  /** Returns the current snapshot's files. */
  List<DataFile> files() throws IOException {
    table.refresh();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().includeColumnStats().planFiles()) {
      List<DataFile> files = new java.util.ArrayList<>();
      tasks.forEach(task -> files.add(task.file()));
      return files;
    }
  }

  private OutputFile file() {
    return table
        .io()
        .newOutputFile(table.location() + "/data/foreign-" + UUID.randomUUID() + ".parquet");
  }
}
