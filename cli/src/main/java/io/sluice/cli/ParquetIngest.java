package io.sluice.cli;

import io.sluice.catalog.table.TableName;
import io.sluice.client.Appended;
import io.sluice.client.ClientSettings;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.client.TableWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.iceberg.Files;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.parquet.ParquetRuntimeException;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/** Sends the rows of a Parquet file through the Java client; columns go by their names. */
final class ParquetIngest {

  private final TableArgument table;
  private final Path file;
  private final int batchRows;
  private final StoredRows stored = new StoredRows();
  private CompletableFuture<List<Appended>> last = CompletableFuture.completedFuture(List.of());

  private ParquetIngest(TableArgument table, Path file, int batchRows) {
    this.table = table;
    this.file = file;
    this.batchRows = batchRows;
  }

  /**
   * Returns how many rows were sent, once all are durable.
   *
   * @throws CommandException if some couldn't be read or sent; the message says which are stored
   */
  static long send(ClientSettings gateway, TableArgument table, Path file, int batchRows) {
    ParquetIngest ingest = new ParquetIngest(table, file, batchRows);
    try (SluiceClient client = SluiceClient.connect(gateway);
        TableWriter writer = client.writer(new TableName(table.database(), table.table()))) {
      return ingest.send(writer);
    } catch (IOException | UncheckedIOException | ParquetRuntimeException e) {
      throw new CommandException(
          "can't read " + file + ": " + e.getMessage() + ingest.stored.line(), e);
    } catch (SluiceException e) {
      throw new CommandException(e.getMessage() + ingest.stored.line(), e);
    }
  }

  private long send(TableWriter writer) throws IOException, SluiceException {
    Schema schema = schema();
    requireColumns(schema, writer.table().rowSchema());
    long rows = 0;
    List<Map<String, Object>> batch = new ArrayList<>(batchRows);
    try (CloseableIterable<Record> records = open(schema)) {
      for (Record record : records) {
        batch.add(values(schema, record));
        rows++;
        if (batch.size() == batchRows) {
          append(writer, batch);
        }
      }
    }
    append(writer, batch);
    try {
      last.join();
    } catch (CompletionException e) {
      throw TableWriter.failure(e);
    }
    writer.flush();
    return rows;
  }

  /** The file's own schema; ids it lacks are given by position. */
  private Schema schema() throws IOException {
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file))) {
      MessageType type = reader.getFileMetaData().getSchema();
      return ParquetSchemaUtil.convert(
          ParquetSchemaUtil.hasIds(type) ? type : ParquetSchemaUtil.addFallbackIds(type));
    }
  }

  private void requireColumns(Schema inFile, Schema ofTable) {
    for (NestedField column : inFile.columns()) {
      if (ofTable.findField(column.name()) == null) {
        throw new CommandException(
            file + " has a column '" + column.name() + "' that " + table + " doesn't have");
      }
    }
  }

  private CloseableIterable<Record> open(Schema schema) {
    return Parquet.read(Files.localInput(file.toFile()))
        .project(schema)
        .createReaderFunc(type -> GenericParquetReaders.buildReader(schema, type))
        .build();
  }

  /** Returns a row's values as the client takes them: those of structs are maps by name. */
  static Map<String, Object> values(Schema schema, Record record) {
    Map<String, Object> values = new HashMap<>();
    for (int i = 0; i < schema.columns().size(); i++) {
      Object value = value(record.get(i));
      if (value != null) {
        values.put(schema.columns().get(i).name(), value);
      }
    }
    return values;
  }

  private static @Nullable Object value(@Nullable Object read) {
    if (read instanceof Record struct) {
      return values(struct.struct().asSchema(), struct);
    }
    if (read instanceof List<?> list) {
      List<@Nullable Object> elements = new ArrayList<>(list.size());
      for (Object element : list) {
        elements.add(value(element));
      }
      return elements;
    }
    if (read instanceof Map<?, ?> map) {
      Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
      map.forEach((key, value) -> entries.put(value(key), value(value)));
      return entries;
    }
    return read;
  }

  private void append(TableWriter writer, List<Map<String, Object>> batch) throws SluiceException {
    if (!batch.isEmpty()) {
      try {
        last = writer.append(batch);
      } catch (IllegalArgumentException e) {
        throw new CommandException(file + ": " + e.getMessage() + stored.line(), e);
      }
      stored.sent(batch.size(), last);
      batch.clear();
    }
  }
}
