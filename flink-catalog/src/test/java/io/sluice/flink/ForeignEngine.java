package io.sluice.flink;

import io.sluice.catalog.table.SystemColumns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.deletes.EqualityDeleteWriter;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.Parquet;

/** What others do to a lake table, through Iceberg's API alone. */
final class ForeignEngine {

  private final Table table;
  private final Random random;

  ForeignEngine(Table table, Random random) {
    this.table = table;
    this.random = random;
  }

  /** Does something. */
  void act() throws IOException {
    table.refresh();
    if (table.currentSnapshot() == null) {
      return;
    }
    switch (random.nextInt(4)) {
      case 0 -> rewriteShuffled();
      case 1 -> append();
      case 2 -> forgetMetrics();
      default -> {
        if (table.spec().isUnpartitioned()) {
          delete();
        }
      }
    }
  }

  /** Writes all rows into other files, in another order. */
  private void rewriteShuffled() throws IOException {
    List<Record> rows = rows();
    Collections.shuffle(rows, random);
    OverwriteFiles change = table.newOverwrite();
    try (CloseableIterable<FileScanTask> files = table.newScan().planFiles()) {
      files.forEach(task -> change.deleteFile(task.file()));
    }
    write(rows).forEach(change::addFile);
    change.commit();
  }

  /** Appends rows without the system columns. */
  private void append() throws IOException {
    List<Record> rows = rows();
    List<Record> some = new ArrayList<>();
    for (Record row : rows.subList(0, Math.min(rows.size(), random.nextInt(6)))) {
      Record foreign = row.copy();
      SystemColumns.NAMES.forEach(name -> foreign.setField(name, null));
      some.add(foreign);
    }
    AppendFiles change = table.newAppend();
    write(some).forEach(change::appendFile);
    change.commit();
  }

  private void forgetMetrics() throws IOException {
    OverwriteFiles change = table.newOverwrite();
    try (CloseableIterable<FileScanTask> files = table.newScan().planFiles()) {
      for (FileScanTask task : files) {
        if (random.nextBoolean()) {
          change.deleteFile(task.file()).addFile(task.file().copyWithoutStats());
        }
      }
    }
    change.commit();
  }

  /** Deletes the rows of one value of column n. */
  private void delete() throws IOException {
    int id = table.schema().findField("n").fieldId();
    Schema key = table.schema().select("n");
    EqualityDeleteWriter<Record> writer =
        Parquet.writeDeletes(newFile())
            .forTable(table)
            .rowSchema(key)
            .createWriterFunc(file -> GenericParquetWriter.create(key, file))
            .withSpec(table.spec())
            .equalityFieldIds(id)
            .buildEqualityWriter();
    Record row = GenericRecord.create(key);
    row.setField("n", (long) random.nextInt(6));
    try (writer) {
      writer.write(row);
    }
    table.newRowDelta().addDeletes(writer.toDeleteFile()).commit();
  }

  private List<Record> rows() throws IOException {
    List<Record> rows = new ArrayList<>();
    try (CloseableIterable<Record> all = IcebergGenerics.read(table).build()) {
      all.forEach(row -> rows.add(row.copy()));
    }
    return rows;
  }

  /** Writes rows into one file per partition. */
  private List<DataFile> write(List<Record> rows) throws IOException {
    PartitionKey key = new PartitionKey(table.spec(), table.schema());
    InternalRecordWrapper wrapper = new InternalRecordWrapper(table.schema().asStruct());
    Map<PartitionKey, DataWriter<Record>> writers = new HashMap<>();
    for (Record row : rows) {
      key.partition(wrapper.wrap(row));
      DataWriter<Record> writer = writers.get(key);
      if (writer == null) {
        PartitionKey copy = key.copy();
        writer =
            Parquet.writeData(newFile())
                .forTable(table)
                .createWriterFunc(file -> GenericParquetWriter.create(table.schema(), file))
                .withPartition(copy)
                .build();
        writers.put(copy, writer);
      }
      writer.write(row);
    }
    List<DataFile> files = new ArrayList<>();
    for (DataWriter<Record> writer : writers.values()) {
      writer.close();
      files.add(writer.toDataFile());
    }
    return files;
  }

  private OutputFile newFile() {
    String location = table.locationProvider().newDataLocation(UUID.randomUUID() + ".parquet");
    return table.io().newOutputFile(location);
  }
}
