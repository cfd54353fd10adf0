package io.sluice.compactor.write;

import io.sluice.catalog.lake.LakeProperties;
import io.sluice.catalog.table.SystemColumns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.arrow.vector.FieldVector;
import org.apache.iceberg.FieldMetrics;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.ParquetUtil;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.jspecify.annotations.Nullable;

/**
 * Writes one Parquet file in a table's current schema, column by column. Rows must come in the
 * order of {@code _bucket} and {@code _offset}. A column that the rows' schema has not (yet, or any
 * more) is null; a dropped one is left out. Memory is bounded by one row group and one call's rows,
 * whatever their number. Not safe for use by several threads.
 */
public final class LakeFileWriter implements AutoCloseable {

  /** Values that are gathered at most before it is looked whether the row group is full. */
  private static final int SLICE_VALUES = 320_000;

  private final LakeSchema schema;
  private final Map<String, String> properties;
  private final LakeOutput output;
  private final ParquetFileWriter file;
  private final ZstdPages compressor;
  private final List<ColumnEncoder> encoders;
  private final RowGroup group;
  private @Nullable LogRows lastBatch;
  private List<RowsOfColumn> lastColumns = List.of();
  private int sliceRows;
  private int unchecked;
  private long rows;
  private boolean ended;

  /**
   * Creates the file; nothing may be there yet.
   *
   * @param schema the table's current schema, system columns included
   * @param properties the table's properties, which say what metrics to keep of which column, and
   *     which columns have Bloom filters
   * @throws UnwritableRowsException if a column of the schema can't be written
   */
  public LakeFileWriter(
      OutputFile target, Schema schema, Map<String, String> properties, LakeFileSettings settings)
      throws IOException {
    this.schema = LakeSchema.of(schema);
    this.properties = Map.copyOf(properties);
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
    EncoderTools tools =
        new EncoderTools(compressor, LakeProperties.isDeltaPacked(this.properties));
    this.encoders = this.schema.encoders(tools, this.properties);
    this.group = new RowGroup(encoders, settings.rowGroupBytes());
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
  @SuppressWarnings("ReferenceEquality") // the same batch, not an equal one
  public void write(LogRows batch, int from, int to) throws IOException {
    Objects.checkFromToIndex(from, to, batch.rows());
    if (batch != lastBatch) {
      // Rows of a partition come in short runs: what is the same for all of a batch is done once.
      checkRoom();
      lastColumns = columns(batch);
      int all = Math.max(1, batch.rows());
      long values = lastColumns.stream().mapToLong(column -> column.valuesPerRow(all)).sum();
      sliceRows = (int) Math.max(1, SLICE_VALUES / Math.max(1, values));
      lastBatch = batch;
    }
    int row = from;
    while (row < to) {
      int count = Math.min(to - row, sliceRows - unchecked);
      for (RowsOfColumn column : lastColumns) {
        column.append(row, row + count);
      }
      group.add(count);
      rows += count;
      row += count;
      unchecked += count;
      if (unchecked == sliceRows) {
        checkRoom();
      }
    }
  }

  private void checkRoom() throws IOException {
    if (unchecked > 0 && !group.makeRoom()) {
      group.writeTo(file);
    }
    unchecked = 0;
  }

  private List<RowsOfColumn> columns(LogRows batch) {
    Map<Integer, Integer> places = new HashMap<>();
    for (int i = 0; i < batch.columns().size(); i++) {
      places.put(batch.schema().columns().get(i).fieldId(), i);
    }
    List<RowsOfColumn> columns = new ArrayList<>();
    int leaf = 0;
    for (int i = 0; i < schema.table().columns().size(); i++) {
      NestedField column = schema.table().columns().get(i);
      int leaves = LakeSchema.leaves(schema.parquet().getType(i));
      List<ColumnEncoder> own = encoders.subList(leaf, leaf + leaves);
      leaf += leaves;
      Integer place = places.get(column.fieldId());
      if (isSystem(column)) {
        columns.add(systemColumn(column, own.get(0), batch));
      } else if (place == null && column.isRequired()) {
        throw new UnwritableRowsException(
            "column '"
                + column.name()
                + "' is required in the lake, but was added after these rows"
                + " were written: make it optional");
      } else if (column.type().isNestedType()) {
        columns.add(
            new NestedColumn(schema.table(), column, own)
                .rows(
                    place == null ? null : batch.schema().columns().get(place),
                    place == null ? null : batch.columns().get(place)));
      } else {
        columns.add(column(column, own.get(0), place == null ? null : batch.columns().get(place)));
      }
    }
    return columns;
  }

  private static boolean isSystem(NestedField column) {
    return SystemColumns.NAMES.contains(column.name());
  }

  private static RowsOfColumn column(
      NestedField column, ColumnEncoder encoder, @Nullable FieldVector vector) {
    if (vector == null) {
      return (from, to) -> encoder.appendNulls(to - from);
    }
    if (!encoder.takes(vector)) {
      throw new UnwritableRowsException(
          "column '"
              + vector.getName()
              + "' is "
              + column.type()
              + " in the lake, but the log has "
              + vector.getField().getType());
    }
    return (from, to) -> encoder.append(vector, from, to);
  }

  private static RowsOfColumn systemColumn(
      NestedField column, ColumnEncoder encoder, LogRows batch) {
    if (!column.type().isPrimitiveType() || !(encoder instanceof NumberEncoder numbers)) {
      throw new UnwritableRowsException(
          "column '" + column.name() + "' is " + column.type() + " in the lake, not a number");
    }
    return switch (column.name()) {
      case SystemColumns.BUCKET -> (from, to) -> numbers.appendRun(batch.bucket(), 0, to - from);
      case SystemColumns.OFFSET ->
          (from, to) -> numbers.appendRun(batch.offset() + from, 1, to - from);
      case SystemColumns.TIMESTAMP ->
          (from, to) -> numbers.appendRun(batch.timeMicros(), 0, to - from);
      default -> throw new IllegalStateException("unknown system column " + column.name());
    };
  }

  /**
   * Writes what is still in memory and the footer, and closes the file.
   *
   * @return the file, durable as its FileIO promises
   * @throws IOException if the file couldn't be written; it is then of no use any more
   */
  public LakeFile finish() throws IOException {
    group.writeTo(file);
    file.end(Map.of("iceberg.schema", SchemaParser.toJson(schema.table())));
    ended = true;
    List<FieldMetrics<?>> known = new ArrayList<>();
    for (ColumnEncoder column : encoders) {
      FieldMetrics<?> metrics = column.metrics();
      if (metrics != null) {
        known.add(metrics);
      }
    }
    Metrics found = schema.metrics(file.getFooter(), known.stream(), properties);
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
    compressor.close();
    if (!ended) {
      file.close();
    }
  }
}
