package io.sluice.flink.statistics;

import io.sluice.client.BucketWatermark;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.client.TableDescription;
import io.sluice.flink.Endpoint;
import io.sluice.flink.lake.LakeCatalog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.table.catalog.stats.CatalogColumnStatistics;
import org.apache.flink.table.catalog.stats.CatalogColumnStatisticsDataBase;
import org.apache.flink.table.catalog.stats.CatalogTableStatistics;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.util.PropertyUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Estimates for the planner: the lake's numbers are those of its current snapshot, and the log adds
 * its rows, but not their values. What can't be found out is unknown, which fails no query.
 * Thread-safe; blocks.
 */
public final class LakeStatistics {

  private static final Logger LOG = LoggerFactory.getLogger(LakeStatistics.class);

  /** Beyond so many files their metrics take longer to read than they save. */
  private static final long MOST_FILES = 20_000;

  private static final int MOST_TABLES = 100;

  private record Key(UUID table, int schema, long snapshot) {}

  private final Endpoint endpoint;
  private final Map<UUID, Map.Entry<Key, CatalogColumnStatistics>> columns =
      new LinkedHashMap<>(16, 0.75f, true);

  /** Of the tables of a cluster. */
  public LakeStatistics(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  /** Returns how many rows and files there are. */
  public CatalogTableStatistics table(SluiceClient client, TableDescription table) {
    try (LakeCatalog lake = LakeCatalog.open(endpoint, table)) {
      LakeCatalog.View view = lake.load();
      long logRows = 0;
      for (BucketWatermark log : client.watermarks(table.name())) {
        logRows += Math.max(0, log.watermark() - view.progress().offset(log.bucket()));
      }
      Snapshot snapshot = view.table().currentSnapshot();
      return snapshot == null
          ? new CatalogTableStatistics(logRows, 0, 0, 0)
          : of(snapshot.summary(), logRows);
    } catch (SluiceException | IOException | RuntimeException e) {
      LOG.warn("Statistics of table {} are unknown", table.name(), e);
      return CatalogTableStatistics.UNKNOWN;
    }
  }

  static CatalogTableStatistics of(Map<String, String> summary, long logRows) {
    long records = number(summary, SnapshotSummary.TOTAL_RECORDS_PROP);
    if (records < 0) {
      return CatalogTableStatistics.UNKNOWN;
    }
    long deleted =
        Math.max(0, number(summary, SnapshotSummary.TOTAL_POS_DELETES_PROP))
            + Math.max(0, number(summary, SnapshotSummary.TOTAL_EQ_DELETES_PROP));
    long files = number(summary, SnapshotSummary.TOTAL_DATA_FILES_PROP);
    return new CatalogTableStatistics(
        Math.max(0, records - deleted) + logRows,
        (int) Math.min(files, Integer.MAX_VALUE),
        // Sluice commits manifests, whose files' sizes Iceberg doesn't add up.
        -1,
        -1);
  }

  private static long number(Map<String, String> summary, String key) {
    return PropertyUtil.propertyAsLong(summary, key, -1);
  }

  /** Returns how many nulls columns have, and between what their values are. */
  public CatalogColumnStatistics columns(TableDescription table) {
    try (LakeCatalog lake = LakeCatalog.open(endpoint, table)) {
      Table loaded = lake.load().table();
      Snapshot snapshot = loaded.currentSnapshot();
      if (snapshot == null
          || number(snapshot.summary(), SnapshotSummary.TOTAL_DATA_FILES_PROP) > MOST_FILES) {
        return CatalogColumnStatistics.UNKNOWN;
      }
      Key key = new Key(table.id(), table.schema().schemaId(), snapshot.snapshotId());
      synchronized (columns) {
        Map.Entry<Key, CatalogColumnStatistics> known = columns.get(table.id());
        if (known != null && known.getKey().equals(key)) {
          return known.getValue();
        }
      }
      CatalogColumnStatistics found = read(loaded, snapshot, table);
      synchronized (columns) {
        columns.put(table.id(), Map.entry(key, found));
        if (columns.size() > MOST_TABLES) {
          columns.remove(columns.keySet().iterator().next());
        }
      }
      return found;
    } catch (IOException | RuntimeException e) {
      LOG.warn("Statistics of the columns of table {} are unknown", table.name(), e);
      return CatalogColumnStatistics.UNKNOWN;
    }
  }

  private static CatalogColumnStatistics read(
      Table loaded, Snapshot snapshot, TableDescription table) throws IOException {
    Map<String, ColumnTotals> totals = new LinkedHashMap<>();
    for (NestedField column : table.rowSchema().columns()) {
      if (column.type().isPrimitiveType()) {
        totals.put(column.name(), new ColumnTotals(column));
      }
    }
    List<ColumnTotals> all = new ArrayList<>(totals.values());
    try (CloseableIterable<FileScanTask> files =
        loaded.newScan().useSnapshot(snapshot.snapshotId()).includeColumnStats().planFiles()) {
      for (FileScanTask task : files) {
        all.forEach(column -> column.add(task.file()));
      }
    }
    Map<String, CatalogColumnStatisticsDataBase> found = new HashMap<>();
    totals.forEach((name, column) -> column.toFlink().ifPresent(known -> found.put(name, known)));
    return new CatalogColumnStatistics(found);
  }
}
