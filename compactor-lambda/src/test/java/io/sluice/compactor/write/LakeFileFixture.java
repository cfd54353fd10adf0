package io.sluice.compactor.write;

import io.sluice.catalog.table.SystemColumns;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Files;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;

/** Writes lake files from records, in batches cut by chance, and reads them with Iceberg. */
final class LakeFileFixture implements AutoCloseable {

  static final int BUCKET = 3;
  static final long FIRST_OFFSET = 1_000;
  static final long MICROS = 1_700_000_000_123_456L;

  private final BufferAllocator allocator = new RootAllocator();
  private final Path folder;

  LakeFileFixture(Path folder) {
    this.folder = folder;
  }

  LakeFile write(
      Schema written,
      Schema current,
      List<Record> rows,
      Map<String, String> properties,
      LakeFileSettings settings,
      Random random)
      throws IOException {
    Path path = folder.resolve(UUID.randomUUID() + ".parquet");
    int most = random.nextInt(8) == 0 ? 10 : 3_000;
    try (LakeFileWriter writer =
        new LakeFileWriter(Files.localOutput(path.toFile()), current, properties, settings)) {
      int from = 0;
      while (from < rows.size()) {
        int to = Math.min(rows.size(), from + 1 + random.nextInt(most));
        int before = Math.min(from, random.nextInt(5));
        try (VectorSchemaRoot root =
            ArrowRows.root(allocator, written, rows.subList(from - before, to))) {
          LogRows batch =
              new LogRows(
                  SystemColumns.removeFrom(written),
                  root.getFieldVectors(),
                  root.getRowCount(),
                  BUCKET,
                  FIRST_OFFSET + from - before,
                  MICROS);
          writer.write(batch, before, root.getRowCount());
        }
        from = to;
      }
      return writer.finish();
    }
  }

  /** Returns the rows as they are to be read. */
  static List<Record> withSystemColumns(List<Record> rows) {
    OffsetDateTime time = Instant.EPOCH.plus(MICROS, ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    List<Record> complete = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Record row = rows.get(i).copy();
      row.setField(SystemColumns.BUCKET, BUCKET);
      row.setField(SystemColumns.OFFSET, FIRST_OFFSET + i);
      row.setField(SystemColumns.TIMESTAMP, time);
      complete.add(row);
    }
    return complete;
  }

  /** Reads a file with Iceberg's generic reader. */
  static List<Record> read(LakeFile file, Schema schema) throws IOException {
    try (CloseableIterable<Record> found =
        Parquet.read(Files.localInput(file.location()))
            .project(schema)
            .createReaderFunc(type -> GenericParquetReaders.buildReader(schema, type))
            .build()) {
      List<Record> rows = new ArrayList<>();
      found.forEach(row -> rows.add(row.copy()));
      return rows;
    }
  }

  @Override
  public void close() {
    allocator.close();
  }
}
