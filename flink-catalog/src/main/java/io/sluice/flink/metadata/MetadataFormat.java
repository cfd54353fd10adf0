package io.sluice.flink.metadata;

import io.sluice.catalog.table.TableName;
import io.sluice.client.BucketWatermark;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.client.TableDescription;
import io.sluice.flink.Endpoint;
import io.sluice.flink.lake.LakeCatalog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.apache.flink.api.common.io.GenericInputFormat;
import org.apache.flink.api.common.io.NonParallelInput;
import org.apache.flink.core.io.GenericInputSplit;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.util.IOUtils;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Reads the rows of a metadata table, as they are when it is opened. */
final class MetadataFormat extends GenericInputFormat<RowData> implements NonParallelInput {

  private static final long serialVersionUID = 1L;

  private final Endpoint endpoint;
  private final String database;
  private final String name;
  private final MetadataTable table;
  private final ArrayList<String> columns;
  private final long limit;

  private transient @Nullable LakeCatalog lake;
  private transient @Nullable CloseableIterable<FileScanTask> tasks;
  private transient @Nullable CloseableIterator<RowData> rows;
  private transient long read;

  MetadataFormat(
      Endpoint endpoint,
      String database,
      String name,
      MetadataTable table,
      List<String> columns,
      long limit) {
    this.endpoint = endpoint;
    this.database = database;
    this.name = name;
    this.table = table;
    this.columns = new ArrayList<>(columns);
    this.limit = limit;
  }

  @Override
  public void open(GenericInputSplit split) throws IOException {
    super.open(split);
    TableName shown = new TableName(database, name);
    try (SluiceClient client = endpoint.connect()) {
      TableDescription described = client.describe(shown);
      LakeCatalog opened = LakeCatalog.open(endpoint, described);
      lake = opened;
      rows =
          table == MetadataTable.BUCKETS
              ? buckets(client, shown, opened)
              : ofLake(table.of(opened.load()));
    } catch (SluiceException e) {
      throw new IOException(
          "table " + shown + table.suffix() + " can't be read: " + e.getMessage(), e);
    }
  }

  private CloseableIterator<RowData> buckets(
      SluiceClient client, TableName shown, LakeCatalog opened)
      throws SluiceException, IOException {
    SortedMap<Integer, Long> offsets = opened.load().progress().lakeOffsets();
    SortedMap<Integer, String> owners = client.owners(shown);
    List<RowData> all = new ArrayList<>();
    for (BucketWatermark log : client.watermarks(shown)) {
      long lakeOffset = offsets.getOrDefault(log.bucket(), 0L);
      @Nullable String owner = owners.get(log.bucket());
      GenericRowData row =
          GenericRowData.of(
              log.bucket(),
              owner == null ? null : StringData.fromString(owner),
              log.start(),
              lakeOffset,
              log.watermark(),
              Math.max(0, log.watermark() - lakeOffset));
      all.add(selected(row, MetadataTable.BUCKET_COLUMNS.columns()));
    }
    return CloseableIterator.withClose(all.iterator());
  }

  private GenericRowData selected(GenericRowData row, List<NestedField> fields) {
    GenericRowData selected = new GenericRowData(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      selected.setField(i, row.getField(index(fields, columns.get(i))));
    }
    return selected;
  }

  /** A column may have gone since the query was planned: those of partitions do. */
  private int index(List<NestedField> fields, String column) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(column)) {
        return i;
      }
    }
    throw new IllegalStateException(
        "table "
            + database
            + "."
            + name
            + table.suffix()
            + " has no column '"
            + column
            + "' any more: start the query again");
  }

  private CloseableIterator<RowData> ofLake(Table metadata) {
    Schema schema = metadata.schema();
    int[] places = columns.stream().mapToInt(column -> index(schema.columns(), column)).toArray();
    CloseableIterable<FileScanTask> planned = metadata.newScan().planFiles();
    tasks = planned;
    CloseableIterable<StructLike> structs =
        CloseableIterable.concat(
            CloseableIterable.transform(planned, task -> task.asDataTask().rows()));
    return CloseableIterator.transform(structs.iterator(), struct -> row(struct, schema, places));
  }

  private static RowData row(StructLike struct, Schema schema, int[] places) {
    GenericRowData row = new GenericRowData(places.length);
    for (int i = 0; i < places.length; i++) {
      row.setField(
          i,
          MetadataValues.value(
              struct.get(places[i], Object.class), schema.columns().get(places[i]).type()));
    }
    return row;
  }

  @Override
  public boolean reachedEnd() {
    return read >= limit || rows == null || !rows.hasNext();
  }

  @Override
  public RowData nextRecord(RowData reuse) {
    if (rows == null) {
      throw new IllegalStateException("not open");
    }
    read++;
    return rows.next();
  }

  @Override
  public void close() throws IOException {
    try {
      IOUtils.closeAll(rows, tasks, lake);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    } finally {
      lake = null;
      tasks = null;
      rows = null;
    }
  }
}
