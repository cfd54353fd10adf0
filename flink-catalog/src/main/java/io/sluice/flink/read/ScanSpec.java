package io.sluice.flink.read;

import io.sluice.catalog.table.TableName;
import io.sluice.client.TableDescription;
import io.sluice.flink.Endpoint;
import io.sluice.flink.lake.LakeCatalog;
import io.sluice.flink.lake.PastTable;
import io.sluice.flink.pushdown.Pushed;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.expressions.Expression;
import org.jspecify.annotations.Nullable;

/**
 * What a query reads of a table.
 *
 * @param endpoint where
 * @param database of the table
 * @param table its name, with {@code $lake} behind it if only the lake is read
 * @param columns those wanted of each row, in order, system columns included
 * @param filters by which files may be left out, joined by AND; Flink applies them itself
 * @param startup where a query begins
 * @param lakeChunkRows how many rows of history to hold in memory per bucket, at least 1
 * @param bucketDiscovery how often a streaming query looks for new buckets, at least 1 ms
 * @param planned all columns as the query was planned for, without system columns; null if it takes
 *     them as they are
 * @param settings how the source runs
 * @param pushed what else the planner pushed down; only a bounded query's is heeded
 * @param past what the table was, if it is to be read as it was before; null for as it is
 */
public record ScanSpec(
    Endpoint endpoint,
    String database,
    String table,
    ArrayList<String> columns,
    ArrayList<Expression> filters,
    Startup startup,
    int lakeChunkRows,
    Duration bucketDiscovery,
    @Nullable RowType planned,
    SourceSettings settings,
    Pushed pushed,
    @Nullable PastTable past)
    implements Serializable {

  private static final String LAKE = "$lake";

  public ScanSpec {
    if (lakeChunkRows < 1) {
      throw new IllegalArgumentException(
          "scan.lake-chunk-rows must be at least 1: " + lakeChunkRows);
    }
    if (bucketDiscovery.toMillis() < 1) {
      throw new IllegalArgumentException(
          "scan.bucket-discovery must be at least 1 ms: " + bucketDiscovery);
    }
  }

  /** Returns the read of all history of some columns. */
  public static ScanSpec of(Endpoint endpoint, TableName name, Collection<String> columns) {
    return of(endpoint, name.database(), name.table(), columns);
  }

  /** Returns the read of what the lake has of some columns, without the log. */
  public static ScanSpec ofLake(Endpoint endpoint, TableName name, Collection<String> columns) {
    return of(endpoint, name.database(), name.table() + LAKE, columns);
  }

  private static ScanSpec of(
      Endpoint endpoint, String database, String table, Collection<String> columns) {
    return new ScanSpec(
        endpoint,
        database,
        table,
        new ArrayList<>(columns),
        new ArrayList<>(),
        Startup.FULL,
        65_536,
        Duration.ofSeconds(10),
        null,
        SourceSettings.DEFAULT,
        Pushed.NOTHING,
        null);
  }

  /** Returns whether only the lake is read. */
  boolean isLakeAlone() {
    return table.endsWith(LAKE);
  }

  /** Returns this with other columns. */
  public ScanSpec withColumns(List<String> names) {
    return with(new ArrayList<>(names), filters, startup, lakeChunkRows, bucketDiscovery);
  }

  /** Returns this with other filters. */
  public ScanSpec withFilters(List<Expression> expressions) {
    return with(columns, new ArrayList<>(expressions), startup, lakeChunkRows, bucketDiscovery);
  }

  /** Returns this begun elsewhere. */
  public ScanSpec withStartup(Startup other) {
    return with(columns, filters, other, lakeChunkRows, bucketDiscovery);
  }

  /** Returns this with another bound of rows in memory. */
  public ScanSpec withLakeChunkRows(int rows) {
    return with(columns, filters, startup, rows, bucketDiscovery);
  }

  /** Returns this with another pause between two looks for new buckets. */
  public ScanSpec withBucketDiscovery(Duration pause) {
    return with(columns, filters, startup, lakeChunkRows, pause);
  }

  /** Returns this for columns that must have the types which the query was planned for. */
  public ScanSpec withPlanned(RowType type) {
    return new ScanSpec(
        endpoint,
        database,
        table,
        columns,
        filters,
        startup,
        lakeChunkRows,
        bucketDiscovery,
        type,
        settings,
        pushed,
        past);
  }

  /** Returns this run otherwise. */
  public ScanSpec withSettings(SourceSettings other) {
    return new ScanSpec(
        endpoint,
        database,
        table,
        columns,
        filters,
        startup,
        lakeChunkRows,
        bucketDiscovery,
        planned,
        other,
        pushed,
        past);
  }

  /** Returns this with other things pushed down. */
  public ScanSpec withPushed(Pushed other) {
    return new ScanSpec(
        endpoint,
        database,
        table,
        columns,
        filters,
        startup,
        lakeChunkRows,
        bucketDiscovery,
        planned,
        settings,
        other,
        past);
  }

  /** Returns this of the table as it was. */
  public ScanSpec withPast(PastTable then) {
    return new ScanSpec(
        endpoint,
        database,
        table,
        columns,
        filters,
        startup,
        lakeChunkRows,
        bucketDiscovery,
        planned,
        settings,
        pushed,
        then);
  }

  /** Returns the table as it was when what is read was there. */
  TableDescription described(TableDescription now) {
    return past == null ? now : past.describe(now);
  }

  /** Returns the version of the lake that is read, of which files are. */
  LakeCatalog.View version(LakeCatalog.View now) throws IOException {
    return past == null ? now : past.view(now);
  }

  private ScanSpec with(
      ArrayList<String> names,
      ArrayList<Expression> expressions,
      Startup begin,
      int rows,
      Duration discovery) {
    return new ScanSpec(
        endpoint,
        database,
        table,
        names,
        expressions,
        begin,
        rows,
        discovery,
        planned,
        settings,
        pushed,
        past);
  }

  /** Returns whether all rows are wanted that there are, or will ever be. */
  boolean isWhole() {
    return startup.mode() == Startup.Mode.FULL && settings.stop().mode() == Stop.Mode.NEVER;
  }

  /** Returns the table's name. */
  public TableName name() {
    String name = isLakeAlone() ? table.substring(0, table.length() - LAKE.length()) : table;
    return new TableName(database, name);
  }
}
