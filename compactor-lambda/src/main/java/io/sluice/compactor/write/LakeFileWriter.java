package io.sluice.compactor.write;

import io.sluice.catalog.table.SystemColumns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.arrow.vector.FieldVector;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.ParquetUtil;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.jspecify.annotations.Nullable;

/**
 * Writes one Parquet file in a table's current schema, column by column. Rows must come in the
 * order of {@code _bucket} and {@code _offset}. A column that the rows' schema has not (yet, or any
 * more) is null; a dropped one is left out. Memory is bounded by one row group and what lies
 * between two looks at its pages, whatever the number of rows. Not safe for use by several threads.
 */
public final class LakeFileWriter implements AutoCloseable {

  private final LakeSchema schema;
  private final Map<String, String> properties;
  private final LakeFileSettings settings;
  private final ZstdPages compressor;
  private final LakeOutput output;
  private final ParquetFileWriter file;
  private final List<@Nullable NanCount> nanCounts = new ArrayList<>();
  private @Nullable RowGroup group;
  private long rows;
  private boolean ended;

  /**
   * Creates the file; nothing may be there yet.
   *
   * @param schema the table's current schema, system columns included
   * @param properties the table's properties, which say what metrics to keep of which column
   */
  public LakeFileWriter(
      OutputFile target, Schema schema, Map<String, String> properties, LakeFileSettings settings)
      throws IOException {
    this.schema = LakeSchema.of(schema);
    this.properties = Map.copyOf(properties);
    this.settings = settings;
    this.output = new LakeOutput(target);
    this.file =
        new ParquetFileWriter(
            output,
            this.schema.parquet(),
            ParquetFileWriter.Mode.CREATE,
            settings.rowGroupBytes(),
            0,
            ParquetProperties.DEFAULT_COLUMN_INDEX_TRUNCATE_LENGTH,
            ParquetProperties.DEFAULT_STATISTICS_TRUNCATE_LENGTH,
            ParquetProperties.DEFAULT_PAGE_WRITE_CHECKSUM_ENABLED);
    this.compressor = new ZstdPages(settings.zstdLevel());
    for (NestedField column : schema.columns()) {
      nanCounts.add(NanCount.of(column.fieldId(), column.type()));
    }
    file.start();
  }

  /** Returns the rows written so far. */
  public long rows() {
    return rows;
  }

  /** Returns how long the file would be if its last row group were empty, in bytes. */
  public long writtenBytes() throws IOException {
    return file.getPos();
  }

  /**
   * Writes rows {@code [from, to)} of {@code batch}, which stays the caller's.
   *
   * @throws UnwritableRowsException if a column can't be written in the table's schema
   * @throws IOException if the file couldn't be written; it is then of no use any more
   */
  public void write(LogRows batch, int from, int to) throws IOException {
    Objects.checkFromToIndex(from, to, batch.rows());
    long rowBytes = Math.max(1, batch.bytes() / Math.max(1, batch.rows()));
    List<@Nullable Source> sources = sources(batch);
    int row = from;
    while (row < to) {
      RowGroup current = group;
      if (current == null) {
        current = new RowGroup(schema.parquet(), compressor, rowBytes);
        group = current;
      }
      int count = Math.min(to - row, current.rowsToNextLook());
      writeSlice(batch, sources, row, row + count, current);
      current.endSlice(count, count * rowBytes);
      rows += count;
      row += count;
      if (current.isFull(settings.rowGroupBytes())) {
        flush();
      }
    }
  }

  private record Source(FieldVector vector, ColumnCopy copy) {}

  private List<@Nullable Source> sources(LogRows batch) {
    List<@Nullable Source> sources = new ArrayList<>();
    List<NestedField> fields = batch.schema().columns();
    for (NestedField column : schema.table().columns()) {
      Source source = null;
      for (int i = 0; i < fields.size(); i++) {
        if (fields.get(i).fieldId() == column.fieldId()) {
          FieldVector vector = batch.columns().get(i);
          source = new Source(vector, ColumnCopy.of(column.type(), vector));
        }
      }
      sources.add(source);
    }
    return sources;
  }

  private void writeSlice(
      LogRows batch, List<@Nullable Source> sources, int from, int to, RowGroup target) {
    List<NestedField> columns = schema.table().columns();
    for (int i = 0; i < columns.size(); i++) {
      NestedField column = columns.get(i);
      ColumnWriter out = target.column(i);
      Source source = sources.get(i);
      NanCount nans = nanCounts.get(i);
      if (SystemColumns.NAMES.contains(column.name())) {
        writeSystem(column, batch, from, to, out);
      } else if (source != null) {
        source.copy().copy(source.vector(), from, to, out, column.isOptional());
        if (nans != null) {
          nans.add(source.vector(), from, to);
        }
      } else {
        writeMissing(column, to - from, out);
        if (nans != null) {
          nans.addNulls(to - from);
        }
      }
    }
  }

  private static void writeSystem(
      NestedField column, LogRows batch, int from, int to, ColumnWriter out) {
    int level = column.isOptional() ? 1 : 0;
    for (int row = from; row < to; row++) {
      switch (column.name()) {
        case SystemColumns.BUCKET -> out.write(batch.bucket(), 0, level);
        case SystemColumns.OFFSET -> out.write(batch.offset() + row, 0, level);
        case SystemColumns.TIMESTAMP -> out.write(batch.timeMicros(), 0, level);
        default -> throw new IllegalStateException("unknown system column " + column.name());
      }
    }
  }

  private static void writeMissing(NestedField column, int count, ColumnWriter out) {
    if (column.isRequired()) {
      throw new UnwritableRowsException(
          "column '"
              + column.name()
              + "' is required in the lake, but was added after these rows"
              + " were written: make it optional");
    }
    for (int i = 0; i < count; i++) {
      out.writeNull(0, 0);
    }
  }

  private void flush() throws IOException {
    RowGroup current = group;
    if (current != null) {
      group = null;
      current.writeTo(file);
    }
  }

  /**
   * Writes what is still in memory and the footer, and closes the file.
   *
   * @return the file, durable as its FileIO promises
   * @throws IOException if the file couldn't be written; it is then of no use any more
   */
  public LakeFile finish() throws IOException {
    flush();
    file.end(Map.of("iceberg.schema", SchemaParser.toJson(schema.table())));
    ended = true;
    Metrics found =
        schema.metrics(
            file.getFooter(),
            nanCounts.stream().filter(Objects::nonNull).map(NanCount::metrics),
            properties);
    return new LakeFile(
        output.getPath(),
        output.length(),
        rows,
        found,
        ParquetUtil.getSplitOffsets(file.getFooter()));
  }

  /** Frees memory and the file handle. Without {@link #finish} a broken file stays behind. */
  @Override
  public void close() throws IOException {
    RowGroup current = group;
    if (current != null) {
      group = null;
      current.close();
    }
    compressor.release();
    if (!ended) {
      file.close();
    }
  }
}
